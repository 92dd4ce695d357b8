import { expect, test } from 'bun:test';
import { createGate } from '../../src/lib/gate.ts';

test('so many are at work at once, the others follow in their order, and a failure gives its place away', async () => {
  const gate = createGate(2);
  const begun: number[] = [];
  const ends = [0, 1, 2, 3].map(() => Promise.withResolvers<void>());
  const all = ends.map(({ promise }, n) =>
    gate(async () => {
      begun.push(n);
      await promise;
      return n;
    }),
  );
  expect(begun).toEqual([0, 1]);
  ends[1]?.reject(new Error('no'));
  await expect(all[1]).rejects.toThrow('no');
  expect(begun).toEqual([0, 1, 2]);
  ends[2]?.resolve();
  expect(await all[2]).toBe(2);
  expect(begun).toEqual([0, 1, 2, 3]);
  for (const { resolve } of ends) resolve();
  expect(await Promise.all([all[0], all[3]])).toEqual([0, 3]);
  expect(await gate(async () => 'later')).toBe('later');
});
