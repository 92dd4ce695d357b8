import { eq } from 'drizzle-orm';
import type { JobKinds, Ports } from '../kernel/ports.ts';
import { describe } from '../kernel/report.ts';
import { pruneAudit } from './audit.ts';

const HOUR_MS = 3_600_000;

/** What is done again and again. */
const schedule: Record<string, { everyMs: number; run(ports: Ports): Promise<void> }> = {
  'audit.prune': { everyMs: HOUR_MS, run: pruneAudit },
};

/** Each is one job for the whole installation: whichever process takes it does it, and puts it off to the next time. */
export function scheduledJobs(ports: Ports): JobKinds {
  const kinds = Object.entries(schedule).map(([kind, { everyMs, run }]) => {
    const perform = async (): Promise<void> => {
      try {
        await run(ports);
      } catch (error) {
        ports.log.warn({ kind, error: describe(error) }, 'scheduled work failed; it is done again at its next time');
      }
      const { outbox } = ports.store.tables;
      const createdAt = ports.clock.now();
      const dueAt = createdAt + everyMs;
      await ports.store.tx(async (db) => void (await db.update(outbox).set({ dueAt, createdAt, attempts: 0 }).where(eq(outbox.id, kind))));
      ports.wakeOutbox(dueAt);
    };
    return [kind, { batchMax: 1, removes: true, perform }];
  });
  return Object.fromEntries(kinds) as JobKinds;
}

/** Called at every start: the first process ever puts them in. */
export async function putIntoSchedule({ store, clock }: Pick<Ports, 'store' | 'clock'>): Promise<void> {
  const { outbox } = store.tables;
  const now = clock.now();
  const rows = Object.entries(schedule).map(([kind, { everyMs }]) => ({ id: kind, kind, payload: {}, dueAt: now + everyMs, createdAt: now }));
  await store.tx(async (db) => void (await db.insert(outbox).values(rows).onConflictDoNothing({ target: outbox.id })));
}
