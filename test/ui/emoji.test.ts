import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { EMOJI_LANGUAGES, emojiFiles } from '../../src/cli/build-emoji.ts';
import { normaliseEmoji } from '../../src/lib/emoji.ts';
import { emojiQueryAt, matchingEmoji, withEmoji } from '../../src/ui/emoji/completion.ts';
import { recentEmoji, rememberEmoji, rememberSkinTone, skinTone } from '../../src/ui/emoji/kept.ts';

type Kept = { emoji: string; tags: string[]; label: string; skins?: { emoji: string }[] };
const files = new Map((await emojiFiles()).map(([path, bytes]) => [path, JSON.parse(new TextDecoder().decode(bytes)) as Kept[]]));

describe('the data of the emoji picker', () => {
  test.each([...EMOJI_LANGUAGES])('in "%s" is nothing but emoji that the server takes', (language) => {
    const data = files.get(`emoji/${language}/data.json`) ?? [];
    const all = data.flatMap(({ emoji, skins = [] }) => [emoji, ...skins.map((skin) => skin.emoji)]);
    expect(all.length).toBeGreaterThan(3_000);
    expect(all).toEqual(expect.arrayContaining(['👍', '❤️', '🏆', '👋🏽', '🏴‍☠️', '🇩🇪']));
    expect(all.filter((emoji) => normaliseEmoji(emoji) !== emoji)).toEqual([]);
  });

  test('has one form of each, whichever a keyboard sends', () => {
    expect(['👍', '👍\ufe0f', '❤', '❤\ufe0f', '⌚\ufe0f', 'a\ufe0f', '👍👍'].map(normaliseEmoji)).toEqual(['👍', '👍', '❤️', '❤️', '⌚', null, null]);
  });

  test('speaks the language, and knows the usual codes in each', () => {
    const found = (language: string) => files.get(`emoji/${language}/data.json`)?.find(({ emoji }) => emoji === '🎉');
    expect(found('en')?.label).toBe('party popper');
    expect(found('de')?.label).toBe('Konfettibombe');
    expect(found('de')?.tags).toContain(':tada:');
  });
});

describe('the name of an emoji', () => {
  test.each([
    [':sm', { from: 0, text: 'sm' }],
    ['well :party_p', { from: 5, text: 'party_p' }],
    ['(:smile', { from: 1, text: 'smile' }],
    [':s', null],
    [':)', null],
    ['at 10:30', null],
    ['https://example', null],
    [':smile:', null],
    [':no way', null],
  ])('in "%s"', (text, query) => {
    expect(emojiQueryAt(text, text.length)).toEqual(query);
  });

  test('is matched by its code, then by its words, then by what describes it', () => {
    const emoji = [
      { label: 'described', tags: ['party'] },
      { label: 'after-party', tags: [] },
      { label: 'face', tags: [':partying_face:'] },
      { label: 'exact', tags: [':party:'] },
      { label: 'other', tags: [':other:'] },
    ];
    expect(matchingEmoji(emoji, 'Party', 9).map(({ label }) => label)).toEqual(['exact', 'face', 'after-party', 'described']);
    expect(matchingEmoji(emoji, 'party', 1)).toHaveLength(1);
  });

  test('gives way to the emoji and one space', () => {
    expect(withEmoji('a :smi b', 6, { from: 2, text: 'smi' }, '😄')).toEqual({ text: 'a 😄 b', caret: 5 });
    expect(withEmoji(':smi', 4, { from: 0, text: 'smi' }, '😄')).toEqual({ text: '😄 ', caret: 3 });
  });
});

describe('what the emoji picker keeps on the device', () => {
  const kept = new Map<string, string>();
  const before = Object.getOwnPropertyDescriptor(globalThis, 'localStorage');
  const provide = (value: unknown) => Object.defineProperty(globalThis, 'localStorage', { value, configurable: true, writable: true });
  beforeEach(() => {
    kept.clear();
    provide({ getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => kept.set(key, value) });
  });
  afterEach(() => {
    if (before) Object.defineProperty(globalThis, 'localStorage', before);
    else Reflect.deleteProperty(globalThis, 'localStorage');
  });

  test('is what was chosen last, once in whatever tone', () => {
    for (const emoji of ['👋', '🎉', '👋🏽']) rememberEmoji(emoji);
    expect(recentEmoji()).toEqual(['👋🏽', '🎉']);
    for (let n = 0; n < 30; n++) rememberEmoji(String.fromCodePoint(0x1f600 + n));
    expect(recentEmoji()).toHaveLength(16);
  });

  test('is the skin tone, where there is such a one', () => {
    rememberSkinTone('dark');
    expect(skinTone()).toBe('dark');
    kept.set('chinwag.emoji.tone', 'green');
    expect(skinTone()).toBe('none');
  });

  test('is nothing where the browser refuses', () => {
    const refuse = (): never => {
      throw new DOMException('no', 'SecurityError');
    };
    provide({ getItem: refuse, setItem: refuse });
    rememberEmoji('🎉');
    expect(recentEmoji()).toEqual([]);
    expect(skinTone()).toBe('none');
  });
});
