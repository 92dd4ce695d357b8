import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { matchQuery, parseQuery } from '../../src/lib/search-query.ts';
import { anyChar } from '../support/any-text.ts';
import { dialects } from '../support/database.ts';
import type { Person } from '../support/person.ts';
import { SEARCH_TIMEOUT_MS, searching } from '../support/property.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { indexed, searchAll } from '../support/searching.ts';

const WORDS = [
  'to',
  'be',
  'or',
  'tobe',
  'Übung',
  'UBUNG',
  'straße',
  'STRASSEN',
  '手机',
  '机号',
  '我的手机号',
  'ครับ',
  '서울시청',
  '🎉',
  "don't",
  '3.14',
  '(',
  '"',
  '*',
  '§',
  'AND',
  'NOT',
  'NEAR',
  '|',
  '\\',
  "'",
];
const texts = fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 7 }).map((words) => `x ${words.join(' ')}`);
const junk = fc.string({
  unit: fc.oneof(fc.constantFrom(...WORDS, ' ', '"', '*', ':', '-', '^', '{', '&', '!', '%', '_'), anyChar),
  maxLength: 12,
});
const queries = fc.oneof(
  fc.constantFrom(...WORDS, 'to', 'str', '手', '号', 'ub', 'x', '"to be"', '"to be', '"be or to"', 't', '시청'),
  fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 3 }).map((words) => words.join(' ')),
  fc.array(fc.constantFrom(...WORDS), { minLength: 2, maxLength: 3 }).map((words) => `"${words.join(' ')}"`),
  junk,
);

const who = fc.nat(2);
const which = fc.nat(20);
const steps = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.record({ do: fc.constant('send' as const), who, room: fc.nat(2), text: texts }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('edit' as const), which, text: texts }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), which }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('hide' as const), who, which }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('leave' as const), who, room: fc.nat(2) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('join' as const), who, room: fc.nat(2) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('index' as const) }) },
  ),
  { minLength: 4, maxLength: 40 },
);

for (const dialect of dialects) {
  // In the first the index narrows by conversation, in the second it does not.
  for (const searchNarrowMax of [200, 1]) {
    describe(`Search on ${dialect}, at most ${searchNarrowMax} conversations narrowed`, () => {
      let server: TestServer;
      beforeAll(async () => {
        server = await startServer({ dialect, config: { rateLimits: false, searchNarrowMax, searchCandidates: 3, searchLookedAtMax: 4 } });
      });
      afterAll(() => server.stop());

      test(
        'finds what one may read and what matches, and nothing else, whatever happened and whatever is asked',
        async () => {
          await fc.assert(
            fc.asyncProperty(steps, fc.array(queries, { minLength: 3, maxLength: 6 }), async (told, asked) => {
              const people = await Promise.all(['Ann', 'Ben', 'Cem'].map((name) => server.person(name)));
              await play(server, people, told);
              for (const q of asked) {
                for (const person of people) expect([q, await found(person, q)]).toEqual([q, await expected(person, q)]);
              }
            }),
            searching(6),
          );
          expect(server.log.filter((line) => line.code === 'internal' || line.msg === 'job failed')).toEqual([]);
        },
        SEARCH_TIMEOUT_MS,
      );
    });
  }
}

type Step = typeof steps extends fc.Arbitrary<(infer One)[]> ? One : never;

async function play(server: TestServer, people: Person[], told: Step[]): Promise<void> {
  const [ann] = people;
  if (!ann) return;
  const memberIds = people.slice(1).map((person) => person.userId);
  const rooms: string[] = [];
  for (const history of ['all', 'joined', 'joined'])
    rooms.push((await ann.must('conversation.create', { title: 'Room', memberIds, settings: { history } })).id);
  const sent: { id: string; by: Person }[] = [];
  for (const step of told) {
    const person: Person = people['who' in step ? step.who : 0] ?? ann;
    const conversationId = 'room' in step ? rooms[step.room] : '';
    const message = 'which' in step ? sent[step.which % Math.max(1, sent.length)] : undefined;
    // What is refused, such as sending where one has left, changes nothing.
    if (step.do === 'send') {
      const answer = await person.http('message.send', { conversationId, content: step.text });
      if (answer.ok) sent.push({ id: answer.data.id, by: person });
    } else if (step.do === 'edit' && message) await message.by.http('message.edit', { messageId: message.id, content: step.text });
    else if (step.do === 'delete' && message) await message.by.http('message.delete', { messageId: message.id });
    else if (step.do === 'hide' && message) await person.http('message.delete', { messageId: message.id, for: 'me' });
    else if (step.do === 'leave' && person !== ann) await person.http('member.remove', { conversationId, userId: 'me' });
    else if (step.do === 'join') await ann.http('member.add', { conversationId, userIds: [person.userId] });
    else if (step.do === 'index') await indexed(server);
  }
}

async function found(person: Person, q: string): Promise<string[] | string> {
  const answer = await person.ws('message.search', { q });
  if (!answer.ok) return answer.error.code;
  const { items } = await searchAll(person, 'socket', { q, limit: 2 });
  const ids = items.map((message) => message.id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { snippet } of items) expect(snippet.some((piece: { hit: boolean }) => piece.hit)).toBe(true);
  return ids.toSorted();
}

/** By looking at every message that the person can list. */
async function expected(person: Person, q: string): Promise<string[] | string> {
  const { terms, words } = parseQuery(q);
  if (terms.length === 0 || words > 20 || q.includes('\u0000') || !q.isWellFormed()) return 'invalid_input';
  const ids: string[] = [];
  for (const { id: conversationId } of (await person.must('conversation.list')).items) {
    const { items } = await person.must('message.list', { conversationId, limit: 200 });
    for (const message of items)
      if (message.type !== 'system' && message.deletedAt === null && matchQuery(terms, message.content.normalize('NFC'))) ids.push(message.id);
  }
  return ids.toSorted();
}
