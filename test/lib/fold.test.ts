import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { tokensOf } from '../../src/lib/fold.ts';
import { matchQuery, parseQuery } from '../../src/lib/search-query.ts';
import { anyChar } from '../support/any-text.ts';
import { searching } from '../support/property.ts';

const words = (text: string): string[] => tokensOf(text).map((token) => token.text);
const anything = fc.string({
  unit: fc.oneof(
    fc.constantFrom('é', 'e', '\u0301', 'ß', 'Σ', 'ς', '手', 'が', 'ｶ', 'ﾞ', '각', 'ก', 'ั', '🎉', '\u200d', ' ', 'ﬁ', '½', 'İ'),
    anyChar,
  ),
});

test('what looks alike is alike', () => {
  for (const [one, other] of [
    ['Crème BRÛLÉE', 'creme brulee'],
    ['e\u0301te\u0301', 'été'],
    ['Straße', 'STRASSE'],
    ['ΟΔΟΣ', 'οδος'],
    ['İstanbul', 'istanbul'],
    ['ﬁne', 'fine'],
    ['ＡＢＣ', 'abc'],
    ['ｶﾞ', 'ガ'],
    ['\u1112\u1161\u11ab', '한'],
    ['مُحَمَّد', 'محمد'],
  ] as const)
    expect(words(one)).toEqual(words(other));
  expect(words('か')).not.toEqual(words('が'));
});

test('the tokens of any text lie in it, in order, and are tokens themselves', () => {
  fc.assert(
    fc.property(anything, (text) => {
      const length = text.normalize('NFC').length;
      let at = 0;
      for (const token of tokensOf(text)) {
        expect(token.start).toBeGreaterThanOrEqual(at);
        expect(token.end).toBeGreaterThan(token.start);
        expect(token.end).toBeLessThanOrEqual(length);
        // Two dashes are pictographs as well: 〰 and 〽.
        expect(token.text).toMatch(/^(?:\p{Extended_Pictographic}|[^\s\p{P}\p{Cc}])+$/u);
        at = token.start;
      }
    }),
    searching(500),
  );
});

test('every text is found by itself', () => {
  fc.assert(
    fc.property(anything, (text) => {
      const { terms } = parseQuery(text);
      if (terms.length > 0 && !text.includes('"')) expect(matchQuery(terms, text.normalize('NFC'))).not.toBeNull();
    }),
    searching(500),
  );
});
