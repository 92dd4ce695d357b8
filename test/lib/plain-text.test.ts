import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { parse } from '../../src/lib/markdown.ts';
import { join, mayBeMarked, runsOf } from '../../src/lib/plain-text.ts';
import { searching } from '../support/property.ts';

const runsIn = (text: string) => runsOf(parse(text), text);

describe('the text without its marks', () => {
  test.each([
    ['**a** _b_ ~~c~~ `d` [e](https://f.example)', 'a b c d e'],
    ['> a\n\n- b\n- c', 'a\n• b\n• c'],
    ['3. a\n4. b', '3. a\n4. b'],
    ['- [ ] a\n- [x] b', '• ☐ a\n• ☑ b'],
    ['```\na\n```\nb', 'a\nb'],
    ['<b onclick="x">**a**</b> &amp;', '<b onclick="x">a</b> &amp;'],
  ])('%j', (text, plain) => expect(join(runsIn(text))).toBe(plain));

  test('what needs no parser is what the parser makes of it', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), (text) => {
        fc.pre(!mayBeMarked(text) && text.trim() === text && !/[<\r]|\n\s/.test(text));
        expect(join(runsIn(text))).toBe(text);
      }),
      searching(300),
    ));
});

describe('where it was written', () => {
  test('behind a link, not in its address', () => {
    const text = '[a](https://b.example/c) c 1';
    expect(runsIn(text).find((run) => run.text.includes('c'))).toEqual({ text: ' c 1', at: 24 });
  });

  test('behind the number of an item', () => expect(runsIn('1. 1').find((run) => run.at !== null)).toEqual({ text: '1', at: 3 }));

  const words = fc.array(
    fc.constantFrom('**', '_', '~~', '`', '[', '](https://a.example/w0w)', '> ', '- ', '1. ', '\n', '\n  ', '\\', ' ', '\t', '```\n'),
    {
      maxLength: 40,
    },
  );
  test('every word that is read, and has its place, has the right one', () =>
    fc.assert(
      fc.property(words, (marks) => {
        // Each word is there once in what can be read; the addresses say some of them again.
        const text = marks.map((mark, n) => `${mark}w${n}w`).join('');
        for (const { text: piece, at } of runsIn(text)) {
          if (at === null) continue;
          expect(text.slice(at, at + piece.length)).toBe(piece);
          for (const { 0: word, index } of piece.matchAll(/w\d+w/g)) {
            if (word !== 'w0w') expect(at + index).toBe(text.indexOf(word));
          }
        }
      }),
      searching(500),
    ));
});
