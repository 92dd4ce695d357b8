import { expect, test } from 'bun:test';
import { asc, eq } from 'drizzle-orm';
import type { Store } from '../../src/db/store.ts';
import { createOutbox } from '../../src/jobs/outbox.ts';
import { JobFailed } from '../../src/kernel/jobs.ts';
import type { Job, JobKinds } from '../../src/kernel/ports.ts';
import { newId } from '../../src/lib/id.ts';
import { createLog } from '../../src/lib/log.ts';
import { createFakeClock } from '../support/clock.ts';
import { stores } from '../support/store.ts';

const LEASE_MS = 60_000;
const BACKOFF_MS = 1_000;
const ATTEMPTS_MAX = 4;

stores('The outbox', (bench) => {
  /** A kind of its own for each test, and workers that share a clock as processes do. */
  function stage() {
    const clock = createFakeClock();
    const kind = `test.${newId()}`;
    const lines: Record<string, unknown>[] = [];
    return {
      clock,
      kind,
      lines,
      worker: (kinds: JobKinds, pauseMs = 0) =>
        createOutbox({
          store: bench.store,
          clock,
          log: createLog('info', (line) => lines.push(JSON.parse(line))),
          kinds,
          leaseMs: LEASE_MS,
          pollMs: 5_000,
          pauseMs,
          attemptsMax: ATTEMPTS_MAX,
          backoffMs: BACKOFF_MS,
        }),
      put: (count: number, of = kind, dueAt = clock.now(), createdAt = dueAt) => put(bench.store, of, count, dueAt, createdAt),
      left: () => left(bench.store, kind),
    };
  }

  test('jobs that are due together are handed over together, oldest first, and removed when done', async () => {
    const { kind, worker, put, left } = stage();
    const batches: Job[][] = [];
    const outbox = worker({ [kind]: { batchMax: 3, perform: async (jobs) => void batches.push(jobs) } });
    const ids = await put(5);
    outbox.wake();
    await outbox.idle();
    expect(batches.map((batch) => batch.map((job) => job.id))).toEqual([ids.slice(0, 3), ids.slice(3)]);
    expect(batches[0]?.[0]).toEqual({ id: ids[0] ?? '', payload: { n: 0 }, attempts: 1 });
    expect(await left()).toEqual([]);
    await outbox.stop();
  });

  test('jobs wait no longer because the clock was set back, and are not early because it was set forward', async () => {
    const { clock, kind, worker, put, left } = stage();
    const done: string[] = [];
    const outbox = worker({ [kind]: { batchMax: 9, perform: async (jobs) => void done.push(...jobs.map((job) => job.id)) } });
    outbox.start();
    await outbox.idle();
    const [soon] = await put(1, kind, clock.now() + 20_000, clock.now());
    for (const hours of [3, -5]) clock.step(hours * 3_600_000);
    const [later] = await put(1, kind, clock.now() + 40_000, clock.now());
    clock.step(-2 * 3_600_000);
    clock.advance(5_000);
    await outbox.idle();
    expect([done, (await left()).length]).toEqual([[], 2]);
    clock.advance(20_000);
    await outbox.idle();
    expect(done).toEqual([soon ?? '']);
    clock.advance(20_000);
    await outbox.idle();
    expect(done).toEqual([soon ?? '', later ?? '']);
    await outbox.stop();
  });

  test('of two workers only one gets each job', async () => {
    const { kind, worker, put, left } = stage();
    const done: string[] = [];
    const kinds: JobKinds = { [kind]: { batchMax: 2, atOnce: 2, perform: async (jobs) => void done.push(...jobs.map((job) => job.id)) } };
    const workers = [worker(kinds), worker(kinds), worker(kinds)];
    const ids = await put(40);
    for (const outbox of workers) outbox.wake();
    await Promise.all(workers.map((outbox) => outbox.idle()));
    // A worker whose choice was taken by another has nothing, and leaves the rest to it.
    expect(done.toSorted()).toEqual(ids.toSorted());
    expect(await left()).toEqual([]);
    await Promise.all(workers.map((outbox) => outbox.stop()));
  });

  test('the jobs of a worker that died are taken over when its lease ends, not before, and what it does late changes nothing', async () => {
    const { clock, kind, worker, put, left } = stage();
    const [stuck, begun] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const dead = worker({
      [kind]: {
        batchMax: 1,
        async perform() {
          begun.resolve();
          await stuck.promise;
          throw new Error('late');
        },
      },
    });
    const taken: Job[] = [];
    const [takenOver, finished] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const heir = worker({
      [kind]: {
        batchMax: 1,
        async perform(jobs) {
          taken.push(...jobs);
          takenOver.resolve();
          await finished.promise;
        },
      },
    });
    const [id] = await put(1);
    dead.wake();
    await begun.promise;
    clock.advance(LEASE_MS - 1);
    heir.wake();
    await heir.idle();
    expect(taken).toEqual([]);
    const [before] = await left();
    clock.advance(1);
    await takenOver.promise;
    expect(taken).toMatchObject([{ id, attempts: 2 }]);
    // The first comes back to life: the lease is another's by now.
    stuck.resolve();
    await dead.idle();
    expect(await left()).toMatchObject([{ attempts: 2, lastError: null, dueAt: (before?.dueAt ?? 0) + LEASE_MS }]);
    finished.resolve();
    await heir.idle();
    expect(await left()).toEqual([]);
    await Promise.all([dead.stop(), heir.stop()]);
  });

  test('where a batch fails each job is tried alone, so that one holds up no other', async () => {
    const { kind, worker, put, left } = stage();
    const sizes: number[] = [];
    const outbox = worker({
      [kind]: {
        batchMax: 10,
        async perform(jobs) {
          sizes.push(jobs.length);
          if (jobs.some(({ payload }) => payload.n === 1)) throw new TypeError('content that nobody may see');
        },
      },
    });
    await put(3);
    outbox.wake();
    await outbox.idle();
    expect(sizes).toEqual([3, 1, 1, 1]);
    expect(await left()).toMatchObject([{ payload: { n: 1 }, attempts: 1, lastError: 'TypeError', failedAt: null }]);
    await outbox.stop();
  });

  test('a failure waits, twice as long each time, and after the last attempt the job stays to be looked at', async () => {
    const { clock, kind, worker, put, left } = stage();
    const at: number[] = [];
    const startedAt = clock.now();
    const outbox = worker({
      [kind]: {
        batchMax: 1,
        async perform() {
          at.push(clock.now() - startedAt);
          throw new RangeError('no');
        },
      },
    });
    await put(1);
    outbox.wake();
    await outbox.idle();
    for (const waitMs of [1, 2, 4].map((times) => times * BACKOFF_MS)) {
      const tries = at.length;
      clock.advance(waitMs - 1);
      await outbox.idle();
      expect(at).toHaveLength(tries);
      // Woken by its own alarm: nobody else calls.
      clock.advance(1);
      await outbox.idle();
      expect(at).toHaveLength(tries + 1);
    }
    expect(at).toEqual([0, 1_000, 3_000, 7_000]);
    expect(await left()).toMatchObject([{ attempts: ATTEMPTS_MAX, lastError: 'RangeError', failedAt: clock.now() }]);
    clock.advance(LEASE_MS * 100);
    await outbox.idle();
    expect(at).toHaveLength(ATTEMPTS_MAX);
    await outbox.stop();
  });

  test('a kind may say how long to wait at least, and that another try is worth nothing', async () => {
    const { clock, kind, worker, put, left, lines } = stage();
    const failures = [new JobFailed('busy', { retryAfterMs: 90_000 }), new JobFailed('refused', { final: true })];
    const outbox = worker({
      [kind]: {
        batchMax: 1,
        async perform() {
          throw failures.shift() ?? new Error('once too often');
        },
      },
    });
    await put(1);
    outbox.wake();
    await outbox.idle();
    expect(await left()).toMatchObject([{ dueAt: clock.now() + 90_000, lastError: 'busy', failedAt: null }]);
    clock.advance(90_000);
    await outbox.idle();
    expect(await left()).toMatchObject([{ attempts: 2, lastError: 'refused', failedAt: clock.now() }]);
    expect(lines.map(({ level, error }) => [level, error])).toEqual([
      ['warn', 'busy'],
      ['error', 'refused'],
    ]);
    await outbox.stop();
  });

  test('a slow kind holds up no other, and does as many at once as it may', async () => {
    const { kind, worker, put, left } = stage();
    const other = `${kind}.other`;
    const begun = [Promise.withResolvers<void>(), Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const held: PromiseWithResolvers<void>[] = [];
    const otherDone = Promise.withResolvers<void>();
    const outbox = worker({
      [kind]: {
        batchMax: 1,
        atOnce: 2,
        perform() {
          const gate = Promise.withResolvers<void>();
          held.push(gate);
          begun[held.length - 1]?.resolve();
          return gate.promise;
        },
      },
      [other]: { batchMax: 1, perform: async () => otherDone.resolve() },
    });
    await put(3);
    outbox.wake();
    await begun[1]?.promise;
    await put(1, other);
    outbox.wake();
    await otherDone.promise;
    expect(held).toHaveLength(2);
    held[1]?.resolve();
    await begun[2]?.promise;
    for (const gate of held) gate.resolve();
    await outbox.idle();
    expect(await left()).toEqual([]);
    await outbox.stop();
  });

  test('what is due later is done then, without anybody calling', async () => {
    const { clock, kind, worker, put, left } = stage();
    let done = 0;
    const outbox = worker({ [kind]: { batchMax: 1, perform: async () => void done++ } });
    await put(1, kind, clock.now() + 3_000);
    await put(1, kind, clock.now() + 1_000);
    outbox.wake();
    await outbox.idle();
    for (const [ms, count] of [
      [999, 0],
      [1, 1],
      [1_999, 1],
      [1, 2],
    ] as const) {
      clock.advance(ms);
      await outbox.idle();
      expect([ms, done]).toEqual([ms, count]);
    }
    expect(await left()).toEqual([]);
    await outbox.stop();
  });

  test('what is due within a moment after a look is done together, and what nobody waits for costs no look of its own', async () => {
    const { clock, kind, worker, put, left } = stage();
    const batches: number[] = [];
    const outbox = worker({ [kind]: { batchMax: 9, perform: async (jobs) => void batches.push(jobs.length) } }, 100);
    for (const ms of [50, 51, 80, 149, 151]) await put(1, kind, clock.now() + ms);
    outbox.wakeAt(clock.now() + 50);
    clock.advance(50);
    await outbox.idle();
    expect(batches).toEqual([1]);
    clock.advance(99);
    await outbox.idle();
    expect(batches).toEqual([1]);
    clock.advance(1);
    await outbox.idle();
    expect(batches).toEqual([1, 3]);
    clock.advance(100);
    await outbox.idle();
    expect([batches, await left()]).toEqual([[1, 3, 1], []]);
    await outbox.stop();
  });

  test('what falls due while a batch is under way waits for the next look, and what was left out of a full batch does not', async () => {
    const { kind, worker, put, left } = stage();
    const batches: number[] = [];
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const begun = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const outbox = worker({
      [kind]: {
        batchMax: 2,
        async perform(jobs) {
          begun[batches.length]?.resolve();
          await gates[batches.push(jobs.length) - 1]?.promise;
        },
      },
    });
    await put(3);
    outbox.wake();
    await begun[0]?.promise;
    gates[0]?.resolve();
    await begun[1]?.promise;
    expect(batches).toEqual([2, 1]);
    await put(1);
    gates[1]?.resolve();
    await outbox.idle();
    expect([batches, await left()]).toMatchObject([[2, 1], [{ attempts: 0 }]]);
    outbox.wake();
    await outbox.idle();
    expect([batches, await left()]).toEqual([[2, 1, 1], []]);
    await outbox.stop();
  });

  test('of many jobs a batch has as many as weigh what it may, and at least one', async () => {
    const { kind, worker, put, left } = stage();
    const batches: unknown[][] = [];
    const perform = async (jobs: Job[]) => void batches.push(jobs.map(({ payload }) => payload.n));
    const outbox = worker({ [kind]: { batchMax: 9, weightMax: 5, weigh: ({ n }) => Number(n), perform } });
    await put(7);
    outbox.wake();
    await outbox.idle();
    expect([batches, await left()]).toEqual([[[0, 1, 2], [3], [4], [5], [6]], []]);
    await outbox.stop();
  });

  test('a kind that this program does not know is left for one that does', async () => {
    const { kind, worker, put, left } = stage();
    const older = worker({});
    await put(1);
    older.wake();
    await older.idle();
    expect(await left()).toMatchObject([{ attempts: 0, failedAt: null }]);
    const newer = worker({ [kind]: { batchMax: 1, perform: async () => undefined } });
    newer.wake();
    await newer.idle();
    expect(await left()).toEqual([]);
    await Promise.all([older.stop(), newer.stop()]);
  });

  test('stop waits for what is under way and takes nothing more', async () => {
    const { kind, worker, put, left } = stage();
    const [begun, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const outbox = worker({
      [kind]: {
        batchMax: 1,
        perform() {
          begun.resolve();
          return gate.promise;
        },
      },
    });
    await put(2);
    outbox.start();
    await begun.promise;
    let stopped = false;
    const stopping = outbox.stop().then(() => (stopped = true));
    await left();
    expect(stopped).toBe(false);
    gate.resolve();
    await stopping;
    expect(await left()).toMatchObject([{ attempts: 0 }]);
  });
});

async function put(store: Store, kind: string, count: number, dueAt: number, createdAt: number): Promise<string[]> {
  const jobs = Array.from({ length: count }, (_, n) => ({ id: newId(), kind, payload: { n }, dueAt, createdAt }));
  await store.tx(async (db) => void (await db.insert(store.tables.outbox).values(jobs)));
  return jobs.map((job) => job.id);
}

function left(store: Store, kind: string) {
  const { outbox } = store.tables;
  return store.read.select().from(outbox).where(eq(outbox.kind, kind)).orderBy(asc(outbox.id));
}
