import { describe, expect, test } from 'bun:test';
import { createLoader } from '../../src/lib/loader.ts';
import { upTo } from '../support/rows.ts';

/** A loader whose calls stand still until the test lets the oldest one answer. */
function createBench() {
  const calls: number[][] = [];
  const inFlight: PromiseWithResolvers<void>[] = [];
  const load = createLoader(async (keys: number[]) => {
    calls.push(keys);
    const gate = Promise.withResolvers<void>();
    inFlight.push(gate);
    await gate.promise;
    if (keys.includes(13)) throw new Error('13 cannot be read');
    return keys.map((key) => `value ${key}`);
  });
  /** Until so many calls were made. */
  async function called(times: number): Promise<void> {
    while (calls.length < times) await new Promise((resolve) => setImmediate(resolve));
  }
  return { calls, load, called, answer: () => inFlight.shift()?.resolve() };
}

describe('The loader', () => {
  test('reads what is asked for in one moment with one call, and tells each its own', async () => {
    const { calls, load, called, answer } = createBench();
    const asked = [3, 1, 2, 1].map(load);
    await called(1);
    answer();
    expect(await Promise.all(asked)).toEqual(['value 3', 'value 1', 'value 2', 'value 1']);
    expect(calls).toEqual([[3, 1, 2, 1]]);
  });

  test('never answers from a call that began before it was asked', async () => {
    const { calls, load, called, answer } = createBench();
    const early = load(1);
    await called(1);
    const late = [load(1), load(2)];
    answer();
    expect(await early).toBe('value 1');
    await called(2);
    answer();
    await Promise.all(late);
    expect(calls).toEqual([[1], [1, 2]]);
  });

  test('asks for at most 64 at once', async () => {
    const { calls, load, called, answer } = createBench();
    const asked = upTo(64).map((n) => load(n + 100));
    const last = load(300);
    await called(1);
    answer();
    await Promise.all(asked);
    await called(2);
    answer();
    expect([await last, calls.map((keys) => keys.length)]).toEqual(['value 300', [64, 1]]);
  });

  test('lets one that cannot be read fail alone', async () => {
    const { calls, load, called, answer } = createBench();
    const asked = Promise.allSettled([12, 13, 14].map(load));
    await called(1);
    answer();
    await called(4);
    for (const _ of upTo(3)) answer();
    expect((await asked).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(calls).toEqual([[12, 13, 14], [12], [13], [14]]);
  });
});
