import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { decodeCursor, encodeCursor } from '../../src/lib/cursor.ts';
import { anyString } from '../support/any-text.ts';

test('a cursor gives back the place that it was made from, and fits into a query string', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (place) => {
      const cursor = encodeCursor(place);
      expect(cursor).toMatch(/^[\w-]*$/);
      expect(decodeCursor(cursor)).toEqual(JSON.parse(JSON.stringify(place)));
    }),
  );
});

test('what is no cursor is undefined and never an error', () => {
  for (const cursor of ['', '%', 'not a cursor', encodeCursor('x').slice(0, -1), Buffer.from('{').toString('base64url'), '\u0000', '😀'])
    expect([cursor, decodeCursor(cursor)]).toEqual([cursor, undefined]);
  fc.assert(fc.property(anyString(), (cursor) => void decodeCursor(cursor)));
});
