import { describe, expect, test } from 'bun:test';
import { completed, matching, mentionedIn, queryAt, splitMentions } from '../../src/ui/chat/mentions.ts';

/** The caret stands at the bar. */
function at(marked: string) {
  return { text: marked.replace('|', ''), caret: marked.indexOf('|') };
}

describe('the name that is being typed', () => {
  test.each<[marked: string, query: string | null]>([
    ['@|', ''],
    ['hello @bo|', 'bo'],
    ['hello @bo| and more', 'bo'],
    ['hello @Bob Ex|', 'Bob Ex'],
    ['(@bo|', 'bo'],
    ['line\n@bo|', 'bo'],
    ['ann@example.c|', null],
    ['hello @ bo|', null],
    ['@bo\nnext|', null],
    ['no name|', null],
  ])('%s', (marked, query) => {
    const { text, caret } = at(marked);
    expect(queryAt(text, caret)?.text ?? null).toBe(query);
  });

  test('is not searched for without an end', () => {
    const text = `@${'a '.repeat(40)}`;
    expect(queryAt(text, text.length)).toBeNull();
  });
});

describe('the people who fit', () => {
  const people = ['Jonas Becker', 'Zoé Álvarez', 'Bea Jones'].map((name) => ({ name }));
  const found = (query: string): string[] => matching(people, query).map(({ name }) => name);

  test('are those whose name begins so, then those with a later word that does', () => {
    expect(found('jon')).toEqual(['Jonas Becker', 'Bea Jones']);
    expect(found('jonas b')).toEqual(['Jonas Becker']);
    expect(found('nas')).toEqual([]);
    expect(found('')).toHaveLength(3);
  });

  test('are found without their accents', () => {
    expect(found('zoe al')).toEqual(['Zoé Álvarez']);
  });
});

describe('completing', () => {
  test('puts the whole name in place and the caret behind it, with one space', () => {
    for (const marked of ['hi @bo| there', 'hi @bo|there']) {
      const { text, caret } = at(marked);
      const query = queryAt(text, caret);
      const whole = query && completed(text, caret, query, 'Bob Example');
      expect(whole).toEqual({ text: 'hi @Bob Example there', caret: 'hi @Bob Example '.length });
    }
  });
});

describe('mentions in a text', () => {
  const names = new Map([
    ['1', 'Ann'],
    ['2', 'Ann Lee'],
    ['3', 'J. (Jo) O’Neil'],
    ['all', 'all'],
  ]);
  const marked = (text: string): string =>
    splitMentions(text, names)
      .map(({ text: piece, id }) => (id === null ? piece : `[${id}:${piece}]`))
      .join('');

  test.each([
    ['no names', 'no names'],
    ['@Ann, hello', '[1:@Ann], hello'],
    ['@Ann Lee and @Ann', '[2:@Ann Lee] and [1:@Ann]'],
    ['@Anna is somebody else', '@Anna is somebody else'],
    ['mail@all.example', 'mail@all.example'],
    ['(@all)', '([all:@all])'],
    ['@J. (Jo) O’Neil!', '[3:@J. (Jo) O’Neil]!'],
    ['<b>@Ann</b>', '<b>[1:@Ann]</b>'],
  ])('%s', (text, expected) => {
    expect(marked(text)).toBe(expected);
  });

  test('are sent for those who were chosen and whose name is still there', () => {
    const chosen = new Map([
      ['1', 'Ann'],
      ['9', 'Bob'],
    ]);
    expect(mentionedIn('@Ann and @Bobby', chosen)).toEqual(['1']);
    expect(mentionedIn('nobody', chosen)).toEqual([]);
  });
});
