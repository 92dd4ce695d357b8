import { and, asc, eq, inArray, isNull, lte, sql } from 'drizzle-orm';
import type { Clock, Timer } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { describe } from '../kernel/report.ts';
import type { Store } from '../kernel/ports.ts';

export type JobHandler = (payload: Record<string, unknown>, id: string) => Promise<void>;
type Options = {
  store: Store;
  clock: Clock;
  log: Log;
  handlers: Record<string, JobHandler>;
  leaseMs: number;
  pollMs: number;
  attemptsMax: number;
  backoffMs: number;
};

const LONGEST_WAIT_MS = 3_600_000;

/**
 * Carries out what committed transactions asked for. At least once, with a stable id: a job is leased before it runs
 * and removed after it succeeded, so one whose worker died is taken over when the lease ends. Failures wait longer
 * each time; after the last attempt the row stays with `failedAt` and the error.
 */
export function createOutbox({ store, clock, log, handlers, leaseMs, pollMs, attemptsMax, backoffMs }: Options) {
  const { outbox } = store.tables;
  let running: Promise<void> | null = null;
  let again = false;
  let stopped = false;
  let poll: Timer | null = null;

  function wake(): void {
    if (stopped) return;
    if (running) again = true;
    else running = work().finally(() => (running = null));
  }

  async function work(): Promise<void> {
    do {
      again = false;
      try {
        for (let job = await lease(); job && !stopped; job = await lease()) await perform(job);
      } catch (error) {
        log.error({ error: describe(error) }, 'outbox could not be read');
        return;
      }
    } while (again && !stopped);
  }

  async function lease(): Promise<typeof outbox.$inferSelect | undefined> {
    const now = clock.now();
    return store.tx(async (db) => {
      const due = and(isNull(outbox.failedAt), lte(outbox.dueAt, now));
      const [next] = await db.select({ id: outbox.id }).from(outbox).where(due).orderBy(asc(outbox.dueAt), asc(outbox.id)).limit(1);
      if (!next) return undefined;
      // Another worker may have taken it since: then the condition no longer holds and nothing comes back.
      const [taken] = await db
        .update(outbox)
        .set({ dueAt: now + leaseMs, attempts: sql`${outbox.attempts} + 1` })
        .where(and(inArray(outbox.id, [next.id]), due))
        .returning();
      return taken;
    });
  }

  async function perform(job: typeof outbox.$inferSelect): Promise<void> {
    try {
      const handler = handlers[job.kind];
      if (!handler) throw new Error(`no handler for jobs of kind ${job.kind}`);
      await handler(job.payload, job.id);
      await store.tx(async (db) => void (await db.delete(outbox).where(eq(outbox.id, job.id))));
    } catch (error) {
      await postpone(job, error);
    }
  }

  async function postpone(job: typeof outbox.$inferSelect, error: unknown): Promise<void> {
    const final = job.attempts >= attemptsMax;
    const wait = Math.min(LONGEST_WAIT_MS, backoffMs * 2 ** (job.attempts - 1));
    log.error({ jobId: job.id, kind: job.kind, attempts: job.attempts, final, error: describe(error) }, 'job failed');
    await store.tx(async (db) => {
      const set = { dueAt: clock.now() + wait, lastError: error instanceof Error ? error.name : 'unknown', ...(final && { failedAt: clock.now() }) };
      await db.update(outbox).set(set).where(eq(outbox.id, job.id));
    });
  }

  return {
    wake,
    start(): void {
      poll = clock.every(pollMs, wake);
      wake();
    },
    async stop(): Promise<void> {
      stopped = true;
      poll?.cancel();
      while (running) await running;
    },
    /** Resolves when nothing is being worked on. */
    async idle(): Promise<void> {
      while (running) await running;
    },
  };
}
