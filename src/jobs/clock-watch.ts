import { gt, sql } from 'drizzle-orm';
import type { Store } from '../db/store.ts';
import { describe } from '../kernel/report.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';

type Options = {
  store: Store;
  clock: Clock;
  log: Log;
  /** So much the clocks of several machines may differ. */
  toleranceMs: number;
};

/**
 * Finds out whether the clock was set back since the last call; at the first nobody knows. Jobs that were put in before it was would wait
 * until it is that late again: they are brought back to now, with as much as they had left to wait.
 */
export function createClockWatch({ store, clock, log, toleranceMs }: Options): () => Promise<void> {
  const { outbox } = store.tables;
  let knownLead = Infinity;

  async function bringBack(): Promise<void> {
    const now = clock.now();
    const set = { dueAt: sql<number>`${outbox.dueAt} - (${outbox.createdAt} - ${now})`, createdAt: now };
    const fromTheFuture = gt(outbox.createdAt, now + toleranceMs);
    await store.tx(async (db) => void (await db.update(outbox).set(set).where(fromTheFuture)));
  }

  return async () => {
    const lead = clock.now() - clock.monotonic();
    const wasSetBack = lead < knownLead - toleranceMs;
    knownLead = lead;
    if (!wasSetBack) return;
    try {
      await bringBack();
    } catch (error) {
      knownLead = Infinity;
      log.error({ error: describe(error) }, 'jobs from the future could not be brought back');
    }
  };
}
