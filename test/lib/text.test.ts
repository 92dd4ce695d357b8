import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { codePoints, isBlank, truncate } from '../../src/lib/text.ts';
import { anyChar } from '../support/any-text.ts';

/** Any string that JavaScript can hold, halves of pairs included. */
const anyText = fc.string({
  unit: fc.oneof(fc.constantFrom('\ud83d', '\ude00', '😀', 'a', ' ', '\u0000'), anyChar),
});

describe('Text', () => {
  test('is counted in code points', () => {
    for (const [text, count] of [
      ['', 0],
      ['abc', 3],
      ['é', 1],
      ['e\u0301', 2],
      ['😀', 1],
      ['👩‍👩‍👧', 5],
      ['\ud83d', 1],
      ['\ude00\ud83d', 2],
      ['\ud83d\ud83d\ude00', 2],
    ] as const)
      expect([text, codePoints(text)]).toEqual([text, count]);
    fc.assert(fc.property(anyText, (text) => codePoints(text) === Array.from(text).length));
  });

  test('is blank where nobody would see it', () => {
    for (const text of [
      '',
      ' ',
      '\n\t\r',
      '\u00a0\u2003',
      '\u200b\u200d\u2060\ufeff',
      '\u202e\u2066',
      '\u3164',
      '\u115f\u1160\uffa0',
      '\u2800',
      '\u0000\u0007',
      '\ud83d',
      '\ue000',
    ])
      expect([text, isBlank(text)]).toEqual([text, true]);
    for (const text of ['a', ' . ', '\u200bx', '0', '😀', '\u0301', 'あ', '-']) expect([text, isBlank(text)]).toEqual([text, false]);
  });

  test('is looked through in time however long it is', () => {
    const long = '\u200b'.repeat(250_000);
    expect([isBlank(long), isBlank(`${long}x`)]).toEqual([true, false]);
  });

  test('is cut to a number of code points, never through a pair', () => {
    for (const [text, max, cut] of [
      ['abc', 3, 'abc'],
      ['abcd', 3, 'ab…'],
      ['😀😀😀', 3, '😀😀😀'],
      ['😀😀😀😀', 3, '😀😀…'],
      ['ab', 1, '…'],
      ['', 1, ''],
    ] as const)
      expect([text, truncate(text, max)]).toEqual([text, cut]);
    // Once cut to all but its last code point.
    expect(truncate('abc', 0)).toBe('');
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 20 }), (text, max) => {
        const cut = truncate(text, max);
        if (codePoints(text) <= max) return cut === text;
        return (
          codePoints(cut) === max &&
          cut.endsWith('…') &&
          Array.from(text)
            .slice(0, max - 1)
            .join('') === cut.slice(0, -1)
        );
      }),
    );
  });
});
