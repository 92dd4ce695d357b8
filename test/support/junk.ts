import fc from 'fast-check';
import { commands } from '../../src/features/index.ts';
import type { Command } from '../../src/kernel/command.ts';
import { encodeCursor } from '../../src/lib/cursor.ts';
import { anyString } from './any-text.ts';

/**
 * Everything that a stranger might send, as text, because a serialiser would never write half of it. `{conversation}`,
 * `{message}` and so on stand for what is there when it is sent.
 */
export const PLACES = ['{conversation}', '{group}', '{theirs}', '{message}', '{poll}', '{person}', '{other}', '{nobody}'] as const;

const quoted = (text: string): string => JSON.stringify(text);
/** Nested `depth` times: `open` and `close` around `inside`. */
const nested =
  (open: string, inside: string, close: string) =>
  (depth: number): string =>
    open.repeat(depth) + inside + close.repeat(depth);

const oddTexts = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\udfff\ud83d',
  '\u202e',
  '\u200b',
  '😀',
  'null',
  '__proto__',
  'constructor',
  'toString',
  '../..',
  '%00',
  "'; drop table message; --",
  '${7*7}',
  'me',
  'ext:',
  'ext:\u0000',
  'http://a/\u0000',
  'https://example.com/\ud800',
  'x'.repeat(300),
  '\u0301'.repeat(3_000),
  'y'.repeat(9_000),
];
const oddNumbers = [
  '0',
  '-0',
  '-1',
  '1.5',
  '1e3',
  '1e308',
  '1e999',
  '-1e999',
  '1e-400',
  '201',
  '2147483648',
  '9007199254740991',
  '9007199254740992',
  '9007199254740993',
  '123456789012345678901234567890',
];
const places: unknown[] = [
  null,
  [],
  {},
  0,
  '',
  '\u0000',
  { name: '\u0000', id: '\u0000' },
  { name: 'x', id: 'x' },
  { asOf: '\u0000', after: 'x' },
  { asOf: '{conversation}', after: '{conversation}' },
  { name: '\ud800', id: 'y'.repeat(300) },
];
const cursors = [...places.map(encodeCursor), 'b1', 'a999999999999999', 'b99999999999999999999', 'a-1', 'b', 'c1', 'b1\u0000'];

const anyText = fc.oneof(fc.constantFrom(...oddTexts), fc.constantFrom(...cursors), fc.constantFrom(...PLACES), anyString(20));
const leaf = fc.oneof(fc.constantFrom('null', 'true', 'false'), fc.constantFrom(...oddNumbers), anyText.map(quoted));
const depth = fc.oneof({ weight: 8, arbitrary: fc.integer({ min: 1, max: 20 }) }, { weight: 1, arbitrary: fc.integer({ min: 1_000, max: 9_000 }) });
const deep = fc.oneof(depth.map(nested('[', '', ']')), depth.map(nested('{"a":', '1', '}')), depth.map(nested('[{"__proto__":', '[]', '}]')));

const keys = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toJSON', 'then', '', '\u0000', 'id', 'type', 'data'),
  fc.constantFrom(...new Set(commands.flatMap((command) => Object.keys(command.input.shape)))),
  fc.string({ maxLength: 8 }),
);

const objectOf = (pairs: [string, string][]): string => `{${pairs.map(([key, value]) => `${quoted(key)}:${value}`).join(',')}}`;

/** Any JSON: keys may come twice. */
export const junk: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 4, arbitrary: leaf },
    fc.array(tie('value'), { maxLength: 4 }).map((items) => `[${items.join(',')}]`),
    fc.array(fc.tuple(keys, tie('value')), { maxLength: 4 }).map(objectOf),
    deep,
  ),
})).value;

/** Null nine times of ten. */
export function rarely<Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> {
  return fc.oneof({ weight: 9, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: value });
}

/** What would be right for a field of this name. */
const fitting: Record<string, string[]> = {
  conversationId: ['{conversation}', '{group}', '{group}', '{theirs}', '{nobody}'],
  messageId: ['{message}', '{poll}', '{nobody}'],
  replyToId: ['{message}'],
  userId: ['{person}', '{other}', 'me', 'ext:1', 'ext:\u0000'],
  targetUserId: ['{person}'],
  receiverId: ['{person}'],
  content: ['Hello', '😀'],
  question: ['When?'],
  title: ['Title'],
  description: ['What it is about', ''],
  epoch: ['another'],
  name: ['Fred'],
  clientId: ['c1', 'c2', 'c3'],
  q: ['P', '%_!'],
  kind: ['direct', 'group'],
  type: ['text', 'location'],
  role: ['member', 'admin', 'observer', 'owner'],
  notify: ['all', 'none'],
  status: ['away', 'online'],
  cursor: cursors,
  avatarUrl: ['https://example.com/a.png', 'http://a/\u0000', 'http://a/\ud800'],
};
const fittingJson: Record<string, string[]> = {
  optionIds: ['["1"]', '["2","1"]', '[]', '["7"]'],
  closesAt: ['0', '9007199254740991'],
  seq: ['0', '1'],
  since: ['0', '1'],
  limit: ['1', '200'],
  before: ['2'],
  after: ['0'],
  around: ['1'],
  typing: ['true', 'false'],
  memberIds: ['["{person}"]', '[]'],
  userIds: ['["{person}","{other}"]', '["me","{nobody}"]', '[]'],
  ids: ['["{person}","{nobody}"]'],
  options: ['["Now","Later"]', '["Now"]'],
  location: ['{"latitude":1,"longitude":2}'],
  settings: ['{"posting":"admins"}', '{"history":"joined"}', '{}'],
  context: ['{"type":"booking","id":"7"}'],
  metadata: ['{}', '{"a":[1,{"b":null}]}'],
  preferences: ['{"hidePresence":true}', '{"hideReceipts":false}'],
  conversations: ['{"{conversation}":1,"{nobody}":9}', '{}'],
  mutedUntil: ['null', '1'],
  muted: ['true', 'false'],
  pinned: ['true', 'false'],
  archived: ['true', 'false'],
};

/** Fields of a command: most of them right, so that the junk gets past the first check. */
export function fieldsOf(command: Command): fc.Arbitrary<[string, string][]> {
  const fields = Object.keys(command.input.shape).map((name) => {
    const right = [...(fitting[name] ?? []).map(quoted), ...(fittingJson[name] ?? [])];
    const value = fc.oneof(
      { weight: right.length > 0 ? 12 : 0, arbitrary: fc.constantFrom(...(right.length > 0 ? right : ['null'])) },
      { weight: 1, arbitrary: junk },
    );
    const optional = command.input.shape[name]?.safeParse(undefined).success;
    return fc.tuple(fc.boolean(), value).map(([kept, text]): [string, string][] => (kept || !optional ? [[name, text]] : []));
  });
  const extra = rarely(fc.tuple(keys, junk)).map((one): [string, string][] => (one ? [one] : []));
  return fc.tuple(fc.tuple(...fields), extra).map(([given, more]) => [...given.flat(), ...more]);
}

export const anyCommand = fc.constantFrom(...commands);

/** A text with something cut out, doubled, swapped or put in. */
export function damaged(texts: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const wounds = fc.array(
    fc.tuple(
      fc.constantFrom('cut', 'double', 'end', 'put'),
      fc.nat(10_000),
      fc.nat(12),
      fc.constantFrom('"', '\\', '{', '}', '[', ',', ':', '\u0000', 'e', '-', '9', '\u2028', '\ud800'),
    ),
    { minLength: 1, maxLength: 4 },
  );
  return fc.tuple(texts, wounds).map(([text, list]) =>
    list.reduce((hurt, [how, at, length, sign]) => {
      const start = at % (hurt.length + 1);
      if (how === 'cut') return hurt.slice(0, start) + hurt.slice(start + length);
      if (how === 'double') return hurt.slice(0, start + length) + hurt.slice(start);
      if (how === 'end') return hurt.slice(0, start);
      return hurt.slice(0, start) + sign + hurt.slice(start);
    }, text),
  );
}

export const objectText = objectOf;
