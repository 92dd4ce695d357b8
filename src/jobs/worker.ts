import { and, asc, eq, inArray, isNull, lte, or, sql } from 'drizzle-orm';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { JobFailed } from '../kernel/jobs.ts';
import type { JobKind, Store } from '../kernel/ports.ts';
import { describe } from '../kernel/report.ts';

export type WorkerOptions = {
  store: Store;
  clock: Clock;
  log: Log;
  leaseMs: number;
  attemptsMax: number;
  backoffMs: number;
};
type Row = Store['tables']['outbox']['$inferSelect'];

const LONGEST_BACKOFF_MS = 3_600_000;
const LONGEST_WAIT_MS = 24 * 3_600_000;

/** Does the jobs of one kind: leases as many as it has room for, and again as soon as there is room. `wakeAt` is told when a failed one is due. */
export function createWorker(options: WorkerOptions, name: string, kind: JobKind, wakeAt: (at: number) => void) {
  const { store, clock, log, leaseMs, attemptsMax, backoffMs } = options;
  const { outbox } = store.tables;
  const underWay = new Set<Promise<void>>();
  let filling: Promise<void> | null = null;
  let again = false;
  let stopped = false;

  function wake(): void {
    again = true;
    fillUp();
  }

  function fillUp(): void {
    if (again && !filling && !stopped && room() > 0) filling = fill().finally(filled);
  }

  function filled(): void {
    filling = null;
    fillUp();
  }

  const room = (): number => (kind.atOnce ?? 1) - underWay.size;

  /** Looks again where there was more than it took. What falls due meanwhile is the outbox's to notice: one job after the other would cost most. */
  async function fill(): Promise<void> {
    while (again && !stopped && room() > 0) {
      again = false;
      begin(await lease(room() * kind.batchMax));
    }
  }

  function begin(jobs: Row[]): void {
    for (let i = 0; i < jobs.length; i += kind.batchMax) {
      const batch: Promise<void> = perform(jobs.slice(i, i + kind.batchMax)).finally(() => {
        underWay.delete(batch);
        fillUp();
      });
      underWay.add(batch);
    }
  }

  async function lease(limit: number): Promise<Row[]> {
    const now = clock.now();
    const due = and(eq(outbox.kind, name), isNull(outbox.failedAt), lte(outbox.dueAt, now));
    try {
      const next = await store.read.select({ id: outbox.id }).from(outbox).where(due).orderBy(asc(outbox.dueAt), asc(outbox.id)).limit(limit);
      if (next.length === 0 || stopped) return [];
      again ||= next.length === limit;
      const ids = next.map((row) => row.id);
      const taken = await store.tx((db) =>
        // Another process may have taken some since: for those the condition no longer holds.
        db
          .update(outbox)
          .set({ dueAt: now + leaseMs, attempts: sql`${outbox.attempts} + 1` })
          .where(and(inArray(outbox.id, ids), due))
          .returning(),
      );
      return taken.sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
    } catch (error) {
      log.error({ kind: name, error: describe(error) }, 'jobs could not be taken');
      return [];
    }
  }

  async function perform(jobs: Row[]): Promise<void> {
    for (const part of partsOf(jobs, kind)) await performTogether(part);
  }

  async function performTogether(jobs: Row[]): Promise<void> {
    const failed = await attempt(jobs);
    if (failed === null) return;
    for (const job of jobs) {
      const alone = jobs.length === 1 ? failed : await attempt([job]);
      if (alone !== null) await postpone(job, alone.error);
    }
  }

  async function attempt(jobs: Row[]): Promise<{ error: unknown } | null> {
    try {
      await kind.perform(jobs.map(({ id, payload, attempts }) => ({ id, payload, attempts })));
      if (!kind.removes) await store.tx(async (db) => void (await db.delete(outbox).where(held(jobs))));
      return null;
    } catch (error) {
      return { error };
    }
  }

  /** Throws nothing: what cannot be written now is taken over when the lease ends. */
  async function postpone(job: Row, error: unknown): Promise<void> {
    const { id: jobId, attempts } = job;
    const known = error instanceof JobFailed ? error : null;
    const final = known?.final === true || attempts >= attemptsMax;
    const backoffOfThis = Math.min(LONGEST_BACKOFF_MS, backoffMs * 2 ** (attempts - 1));
    const dueAt = clock.now() + Math.min(LONGEST_WAIT_MS, Math.max(backoffOfThis, known?.retryAfterMs ?? 0));
    const lastError = known?.reason ?? (error instanceof Error ? error.name : 'unknown');
    log[final ? 'error' : 'warn']({ jobId, kind: name, attempts, final, error: known?.reason ?? describe(error) }, 'job failed');
    try {
      const set = { dueAt, lastError, ...(final && { failedAt: clock.now() }) };
      await store.tx(
        async (db) =>
          void (await db
            .update(outbox)
            .set(set)
            .where(held([job]))),
      );
      if (!final) wakeAt(dueAt);
    } catch (failure) {
      log.error({ jobId, kind: name, error: describe(failure) }, 'a failed job could not be postponed');
    }
  }

  return {
    wake,
    stop: (): void => void (stopped = true),
    get busy(): boolean {
      return filling !== null || underWay.size > 0;
    },
    async idle(): Promise<void> {
      while (filling || underWay.size > 0) await (filling ?? Promise.race(underWay));
    },
  };

  /** Rows whose lease is still ours: every lease counts one attempt more, so whoever was taken over no longer matches. */
  function held(jobs: Pick<Row, 'id' | 'attempts'>[]) {
    return or(...jobs.map(({ id, attempts }) => and(eq(outbox.id, id), eq(outbox.attempts, attempts))));
  }
}

function partsOf(jobs: Row[], { weigh, weightMax = Infinity }: JobKind): Row[][] {
  if (!weigh) return [jobs];
  const parts: Row[][] = [];
  let room = 0;
  for (const job of jobs) {
    const weight = weigh(job.payload);
    if (weight > room || parts.length === 0) {
      parts.push([]);
      room = weightMax;
    }
    parts.at(-1)?.push(job);
    room -= weight;
  }
  return parts;
}
