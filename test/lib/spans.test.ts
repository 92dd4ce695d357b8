import { expect, test } from 'bun:test';
import { joined } from '../../src/features/stored.ts';

test('spans that touch or overlap become one, and nothing between others is taken in', () => {
  const span = (conversationId: string, first: number, last: number) => ({ conversationId, first, last });
  const spans = [span('a', 4, 6), span('b', 1, 1), span('a', 1, 3), span('a', 5, 5), span('a', 8, 9), span('b', 3, 4)];
  expect(joined(spans)).toEqual([span('a', 1, 6), span('a', 8, 9), span('b', 1, 1), span('b', 3, 4)]);
  // What was handed in is as it was.
  expect(spans[2]).toEqual(span('a', 1, 3));
  expect(joined([])).toEqual([]);
});
