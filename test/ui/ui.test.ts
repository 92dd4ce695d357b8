import { describe, expect, test } from 'bun:test';
import type { PendingMessage } from '../../src/client/index.ts';
import { layout, type Row } from '../../src/ui/chat/rows.ts';
import { clockTime, countdown, dayName, localTime, longTime, shortTime } from '../../src/ui/format.ts';
import { de } from '../../src/ui/i18n/de.ts';
import { en } from '../../src/ui/i18n/en.ts';
import { pickLanguage, sentenceOf } from '../../src/ui/i18n/index.ts';
import { splitLinks } from '../../src/lib/link.ts';
import { pathOf } from '../../src/ui/route.ts';
import { AuthError } from '../../src/client/index.ts';
import { ann, bob, carl, message } from '../client/fake-server.ts';

const noon = new Date(2026, 2, 10, 12, 0).getTime();
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

describe('the rows of a chat', () => {
  const pending: PendingMessage = {
    clientId: 'p',
    conversationId: 'c',
    content: 'soon',
    replyTo: null,
    threadId: null,
    alsoToConversation: false,
    mentions: [],
    createdAt: noon,
    status: 'pending',
    error: null,
  };
  const kinds = (rows: Row[]): string[] =>
    rows.map((row) => (row.kind === 'bubble' ? `${row.key}${row.first ? ' first' : ''}${row.last ? ' last' : ''}` : row.kind));

  test('begin each day with its name', () => {
    const messages = [message(1, { createdAt: noon - DAY }), message(2, { createdAt: noon })];
    expect(kinds(layout({ messages, pending: [], myId: 'ann', readSeq: null }))).toEqual(['day', 'm1 first last', 'day', 'm2 first last']);
  });

  test('keep together what one person wrote within minutes', () => {
    const at = (minutes: number) => ({ createdAt: noon + minutes * MINUTE });
    const messages = [message(1, at(0)), message(2, at(1)), message(3, { ...at(2), sender: carl }), message(4, at(3)), message(5, at(9))];
    expect(kinds(layout({ messages, pending: [], myId: 'ann', readSeq: null })).slice(1)).toEqual([
      'm1 first',
      'm2 last',
      'm3 first last',
      'm4 first last',
      'm5 first last',
    ]);
  });

  test('show the divider before the first unread message of somebody else', () => {
    const at = { createdAt: noon };
    const messages = [message(1, at), message(2, { ...at, sender: ann }), message(3, at), message(4, at)];
    expect(kinds(layout({ messages, pending: [], myId: 'ann', readSeq: 1 })).slice(1)).toEqual([
      'm1 first last',
      'client-2 first last',
      'unread',
      'm3 first',
      'm4 last',
    ]);
  });

  test('keep an own message the same row when it is stored', () => {
    const before = layout({ messages: [], pending: [pending], myId: 'ann', readSeq: null });
    const stored = message(1, { sender: ann, clientId: 'p', createdAt: noon });
    const after = layout({ messages: [stored], pending: [], myId: 'ann', readSeq: null });
    expect(after.map(({ key }) => key)).toEqual(before.map(({ key }) => key));
  });
});

describe('links', () => {
  test.each([
    ['no link here', ['no link here']],
    ['see https://example.com/a, please', ['see ', '<https://example.com/a>', ', please']],
    ['(https://example.com/x)', ['(', '<https://example.com/x>', ')']],
    ['https://example.com/a_(b).', ['<https://example.com/a_(b)>', '.']],
    ['https://a.example und https://b.example!', ['<https://a.example>', ' und ', '<https://b.example>', '!']],
    ['javascript:alert(1) data:text/html,x', ['javascript:alert(1) data:text/html,x']],
    ['<a href="https://example.com">x</a>', ['<a href="', '<https://example.com>', '">x</a>']],
    ['https://', ['https://']],
  ])('%s', (text, pieces) => {
    expect(splitLinks(text).map(({ text: piece, href }) => (href === null ? piece : `<${href}>`))).toEqual(pieces);
  });
});

describe('times', () => {
  test('in the list are as short as can be', () => {
    const ages = [10_000, 5 * MINUTE, 3 * 60 * MINUTE, DAY, 3 * DAY, 40 * DAY];
    expect(ages.map((age) => shortTime('en-GB', noon - age, noon))).toEqual(['now', '5 mins', '09:00', 'yesterday', 'Sat', '29/01/2026']);
    expect(ages.slice(0, 5).map((age) => shortTime('de', noon - age, noon))).toEqual(['jetzt', '5 Min.', '09:00', 'gestern', 'Sa']);
  });

  test('of a clock that runs ahead are not in the future', () => {
    expect(shortTime('en-GB', noon + 3 * MINUTE, noon)).toBe('now');
    expect(longTime('en-GB', noon + 3 * MINUTE, noon)).toBe('now');
  });

  test('of a day are named by the calendar, not by hours', () => {
    const lateYesterday = new Date(2026, 2, 9, 23, 59).getTime();
    const names = [noon, lateYesterday, noon - 3 * DAY, noon - 40 * DAY].map((at) => dayName('en-GB', at, noon));
    expect(names).toEqual(['Today', 'Yesterday', 'Saturday', '29 January 2026']);
    expect(clockTime('en-GB', lateYesterday)).toBe('23:59');
  });
});

describe('clocks', () => {
  test('elsewhere show what the wall shows there, also in a zone that the browser does not know', () => {
    const at = Date.UTC(2026, 2, 10, 12, 0);
    expect(['Asia/Tokyo', 'UTC', 'Mars/Olympus'].map((zone) => localTime('en-GB', at, zone))).toEqual(['21:00', '12:00', '12:00 UTC']);
  });

  test('of a pause round up, so that it never says zero too early', () => {
    expect([0, 1, 7_000, 7_001, 245_000, 3_605_000].map(countdown)).toEqual(['0:00', '0:01', '0:07', '0:08', '4:05', '1:00:05']);
  });
});

describe('addresses', () => {
  test('name a conversation, and a message in it', () => {
    expect(pathOf('a/b')).toBe('/c/a%2Fb');
    expect(pathOf('c', 'm&1')).toBe('/c/c?message=m%261');
  });
});

describe('languages', () => {
  test('the first that we speak is taken, with its region; otherwise English', () => {
    expect(pickLanguage(['fr', 'de-AT', 'en']).locale).toBe('de-AT');
    expect(pickLanguage(['fr']).t.language).toBe('en');
  });

  test('say the same things', () => {
    const shape = (value: unknown): unknown =>
      typeof value === 'object' && value !== null
        ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shape(inner)]))
        : typeof value;
    expect(shape(de)).toEqual(shape(en));
  });

  test('count and list people as each language does', () => {
    expect([en.people.memberCount(1), en.people.memberCount(2), de.people.memberCount(2)]).toEqual(['1 member', '2 members', '2 Mitglieder']);
    expect([en.people.memberCount(1200), de.people.memberCount(1200)]).toEqual(['1,200 members', '1.200 Mitglieder']);
    expect(en.chat.typing([bob.name])).toBe('Bob is typing');
    expect(de.chat.typing([bob.name, carl.name])).toBe('Bob und Carl schreiben');
  });

  test('have a sentence for every refusal, known or not', () => {
    expect(sentenceOf(en, new AuthError('INVALID_EMAIL_OR_PASSWORD', 'x'))).toBe('The e-mail address or the password is wrong.');
    expect(sentenceOf(en, new AuthError('SOMETHING_NEW', 'x'))).toBe(en.errors.internal);
    expect(sentenceOf(en, new Error('x'))).toBe(en.errors.internal);
  });
});
