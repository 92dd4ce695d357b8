import { describe, expect, test } from 'bun:test';
import { createBatcher } from '../../src/lib/batcher.ts';
import { upTo } from '../support/rows.ts';

/** A batcher whose batches stand still until the test lets the oldest one through, or fails it. */
function createBench<Item>(options: { maxBatch?: number; key?(item: Item): string | null } = {}) {
  const batches: Item[][] = [];
  const sizes: number[] = [];
  const inFlight: PromiseWithResolvers<void>[] = [];
  let started = Promise.withResolvers<void>();
  const batcher = createBatcher<Item, string>({
    maxBatch: options.maxBatch ?? 100,
    ...(options.key && { key: options.key }),
    onBatch: (size) => void sizes.push(size),
    async commit(items) {
      batches.push(items);
      const gate = Promise.withResolvers<void>();
      inFlight.push(gate);
      started.resolve();
      started = Promise.withResolvers<void>();
      await gate.promise;
      return items.map((item) => `done ${item}`);
    },
  });
  return {
    ...batcher,
    get size() {
      return batcher.size;
    },
    batches,
    sizes,
    get inFlight() {
      return inFlight.length;
    },
    /** Resolves when the next batch leaves. */
    next: () => started.promise,
    pass: () => inFlight.shift()?.resolve(),
    fail: (error: Error) => inFlight.shift()?.reject(error),
  };
}

describe('The batcher', () => {
  test('takes everything of one tick together, in order', async () => {
    const bench = createBench<number>();
    const left = bench.next();
    const answers = upTo(5).map((n) => bench.add(n));
    await left;
    bench.pass();
    expect(await Promise.all(answers)).toEqual(upTo(5).map((n) => `done ${n}`));
    expect([bench.batches, bench.sizes]).toEqual([[upTo(5)], [5]]);
  });

  test('takes what the next turn of the event loop brings together with what waited for the end of a batch', async () => {
    const bench = createBench<number>();
    let left = bench.next();
    const first = bench.add(1);
    await left;
    const later = [bench.add(2)];
    left = bench.next();
    // As what came in while a commit held up the event loop, and could be read only afterwards.
    setImmediate(() => later.push(bench.add(3)));
    bench.pass();
    await first;
    await left;
    bench.pass();
    await Promise.all(later);
    expect(bench.batches).toEqual([[1], [2, 3]]);
  });

  test('has one batch in flight: what comes meanwhile leaves together in the next one', async () => {
    const bench = createBench<number>();
    let left = bench.next();
    const first = bench.add(1);
    await left;
    const later = [bench.add(2), bench.add(3)];
    expect([bench.inFlight, bench.size, bench.batches.length]).toEqual([1, 2, 1]);
    left = bench.next();
    bench.pass();
    await first;
    await left;
    expect([bench.batches, bench.size]).toEqual([[[1], [2, 3]], 0]);
    bench.pass();
    await Promise.all(later);
  });

  test('never takes more than the limit, and keeps the order over several batches', async () => {
    const bench = createBench<number>({ maxBatch: 3 });
    const settled: number[] = [];
    let left = bench.next();
    const answers = upTo(8).map((n) => bench.add(n).then(() => settled.push(n)));
    for (const size of [3, 3, 2]) {
      await left;
      expect(bench.batches.at(-1)).toHaveLength(size);
      left = bench.next();
      bench.pass();
    }
    await Promise.all(answers);
    expect([settled, bench.batches.flat()]).toEqual([upTo(8), upTo(8)]);
  });

  test('never puts two items of one key into a batch, and keeps their order', async () => {
    const bench = createBench<string>({ key: (item) => (item.startsWith('-') ? null : (item[0] ?? null)) });
    let left = bench.next();
    const answers = ['a1', 'b1', 'a2', '-1', 'a3', 'b2', '-2', 'c1'].map((item) => bench.add(item));
    const expected = [['a1', 'b1', '-1', '-2', 'c1'], ['a2', 'b2'], ['a3']];
    for (const batch of expected) {
      await left;
      expect(bench.batches.at(-1)).toEqual(batch);
      left = bench.next();
      bench.pass();
    }
    expect(await Promise.all(answers)).toEqual(['a1', 'b1', 'a2', '-1', 'a3', 'b2', '-2', 'c1'].map((item) => `done ${item}`));
  });

  test('keeps the order of one key when the batch is full before its first item', async () => {
    const bench = createBench<string>({ maxBatch: 2, key: (item) => item[0] ?? null });
    let left = bench.next();
    const answers = ['a1', 'b1', 'c1', 'c2', 'a2'].map((item) => bench.add(item));
    for (const batch of [['a1', 'b1'], ['c1', 'a2'], ['c2']]) {
      await left;
      expect(bench.batches.at(-1)).toEqual(batch);
      left = bench.next();
      bench.pass();
    }
    await Promise.all(answers);
  });

  test('fails one batch alone', async () => {
    const bench = createBench<number>({ maxBatch: 2 });
    let left = bench.next();
    const answers = Promise.allSettled(upTo(6).map((n) => bench.add(n)));
    const lost = new Error('lost');
    for (const settle of [bench.pass, () => bench.fail(lost), bench.pass]) {
      await left;
      left = bench.next();
      settle();
    }
    expect((await answers).map((one) => (one.status === 'fulfilled' ? one.value : one.reason))).toEqual([
      'done 1',
      'done 2',
      lost,
      lost,
      'done 5',
      'done 6',
    ]);
    expect(bench.sizes).toEqual([2, 2, 2]);
  });

  test('fails the batch whose commit throws before it awaits', async () => {
    const batcher = createBatcher<number, number>({
      maxBatch: 10,
      commit: () => {
        throw new Error('at once');
      },
    });
    await expect(batcher.add(1)).rejects.toThrow('at once');
    await expect(batcher.add(2)).rejects.toThrow('at once');
  });

  test('settles a batch in order within one tick', async () => {
    const bench = createBench<number>();
    const left = bench.next();
    const order: (number | string)[] = [];
    const answers = upTo(3).map((n) => bench.add(n).then(() => order.push(n)));
    await left;
    bench.pass();
    await answers[0];
    setImmediate(() => order.push('next tick'));
    await Promise.all(answers);
    expect(order).toEqual(upTo(3));
  });

  test('drain waits for everything, also for what comes while it waits', async () => {
    const bench = createBench<number>({ maxBatch: 1 });
    await bench.drain();
    let left = bench.next();
    const done: string[] = [];
    void bench.add(1).then(() => {
      done.push('1');
      void bench.add(3).then(() => done.push('3'));
    });
    void bench.add(2).then(() => done.push('2'));
    const drained = bench.drain().then(() => done.push('drained'));
    for (const _ of [1, 2, 3]) {
      await left;
      left = bench.next();
      bench.pass();
    }
    await drained;
    expect(done).toEqual(['1', '2', '3', 'drained']);
    expect(bench.size).toBe(0);
  });
});
