import { describe, expect, test } from 'bun:test';
import { createLane } from '../../src/lib/lane.ts';

/** Tasks that write down when they begin, and end when the test says so. */
function createBench() {
  const lane = createLane();
  const begun: string[] = [];
  const gates = new Map<string, PromiseWithResolvers<void>>();
  return {
    lane,
    begun,
    add(name: string, shared = false): void {
      const gate = Promise.withResolvers<void>();
      gates.set(name, gate);
      lane.add(() => {
        begun.push(name);
        return gate.promise;
      }, shared);
    },
    /** Ends a task; resolves when the lane has looked for what may start now. */
    async end(...names: string[]): Promise<void> {
      for (const name of names) gates.get(name)?.resolve();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

describe('The lane', () => {
  test('starts a task at once, and the next when it has ended', async () => {
    const { lane, begun, add, end } = createBench();
    for (const name of ['a', 'b', 'c']) add(name);
    expect([begun, lane.depth]).toEqual([['a'], 3]);
    await end('a');
    expect([begun, lane.depth]).toEqual([['a', 'b'], 2]);
    await end('b', 'c');
    expect([begun, lane.depth]).toEqual([['a', 'b', 'c'], 0]);
    add('d');
    expect(begun).toEqual(['a', 'b', 'c', 'd']);
  });

  test('lets shared tasks that stand next to each other overlap, in order', async () => {
    const { begun, add, end } = createBench();
    for (const name of ['a', 'b', 'c']) add(name, true);
    expect(begun).toEqual(['a', 'b', 'c']);
    await end('b');
    add('d', true);
    expect(begun).toEqual(['a', 'b', 'c', 'd']);
  });

  test('an exclusive task waits for all before it, and all behind it wait for it', async () => {
    const { begun, add, end } = createBench();
    add('a', true);
    add('b', true);
    add('alone');
    add('c', true);
    add('d', true);
    expect(begun).toEqual(['a', 'b']);
    await end('a');
    expect(begun).toEqual(['a', 'b']);
    await end('b');
    expect(begun).toEqual(['a', 'b', 'alone']);
    await end('alone');
    expect(begun).toEqual(['a', 'b', 'alone', 'c', 'd']);
  });

  test('a shared task does not pass an exclusive one that waits', async () => {
    const { begun, add, end } = createBench();
    add('a', true);
    add('alone');
    add('late', true);
    await end();
    expect(begun).toEqual(['a']);
    await end('a', 'alone');
    expect(begun).toEqual(['a', 'alone', 'late']);
  });

  test('forgets what waits when it is cleared; what runs goes on', async () => {
    const { lane, begun, add, end } = createBench();
    for (const name of ['a', 'b', 'c']) add(name);
    lane.clear();
    expect(lane.depth).toBe(1);
    await end('a');
    expect([begun, lane.depth]).toEqual([['a'], 0]);
    add('d');
    expect(begun).toEqual(['a', 'd']);
  });
});
