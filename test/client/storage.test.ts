import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { createCache, type Change } from '../../src/client/cache.ts';
import { createIndexedDbStorage } from '../../src/client/indexed-db.ts';
import { limits } from '../../src/client/limits.ts';
import type { PendingMessage } from '../../src/client/state.ts';
import { createMemoryStorage, type KeptConversation, type Storage } from '../../src/client/storage.ts';
import { conversation, me, message } from './fake-server.ts';

beforeAll(() => void Object.assign(globalThis, { indexedDB: new IDBFactory(), IDBKeyRange }));
afterAll(() => {
  Reflect.deleteProperty(globalThis, 'indexedDB');
  Reflect.deleteProperty(globalThis, 'IDBKeyRange');
});

let databases = 0;
const kinds: [string, () => Storage][] = [
  ['in memory', createMemoryStorage],
  ['in IndexedDB', () => createIndexedDbStorage(`test ${databases++}`)],
];

const nothing: Change = { userId: me.id, epoch: { before: 'e1', now: 'e1' }, person: null, conversations: new Map(), outbox: new Map() };
const person = { me, aheadMs: 5, notifications: null, blocks: null };
const kept = (rev: number, change: Partial<KeptConversation> = {}): KeptConversation => ({
  conversation: conversation(rev - 1),
  rev,
  timeline: { status: 'ready', messages: [message(rev - 1)], hasOlder: true, hasNewer: false },
  ...change,
});
const pending = (clientId: string, createdAt: number): PendingMessage => ({
  clientId,
  conversationId: 'c',
  content: clientId,
  replyTo: null,
  threadId: null,
  alsoToConversation: false,
  mentions: [],
  createdAt,
  status: 'pending',
  error: null,
});

describe.each(kinds)('what is kept %s', (_, create) => {
  async function adopted() {
    const storage = create();
    const cache = createCache(storage);
    await cache.adopt(me, 'session');
    await cache.save({ ...nothing, epoch: { before: null, now: 'e1' }, person });
    return { storage, cache };
  }
  const revs = async (cache: ReturnType<typeof createCache>) => (await cache.load())?.conversations.map(({ rev }) => rev);

  test('is there again, the unsent in the order in which they were written', async () => {
    const { storage, cache } = await adopted();
    const unsent = [pending('z', 1), pending('a', 2), pending('b', 2)];
    await cache.save({
      ...nothing,
      conversations: new Map([['c', kept(3)]]),
      outbox: new Map(unsent.toReversed().map((one) => [one.clientId, one])),
    });
    await cache.save({ ...nothing, outbox: new Map([['b', null]]) });
    expect(await createCache(storage).load()).toEqual({
      owner: { userId: me.id, credential: 'session', epoch: 'e1' },
      person,
      conversations: [kept(3)],
      outbox: unsent.slice(0, 2),
    });
  });

  test('is nobody else’s', async () => {
    const { cache } = await adopted();
    await cache.save({ ...nothing, conversations: new Map([['c', kept(3)]]), outbox: new Map([['a', pending('a', 1)]]) });
    expect(await cache.adopt({ ...me, id: 'bob' }, 'session')).toEqual([]);
    expect(await cache.load()).toMatchObject({ owner: { userId: 'bob', epoch: null }, conversations: [], outbox: [] });
    // A tab of the first person is late with its save.
    await cache.save({ ...nothing, conversations: new Map([['c', kept(4)]]), outbox: new Map([['b', pending('b', 1)]]) });
    expect(await cache.load()).toMatchObject({ conversations: [], outbox: [] });
  });

  test('is gone after signing out, also for a tab that is late; what was not sent may wait for its author', async () => {
    const { cache } = await adopted();
    const late = { ...nothing, conversations: new Map([['c', kept(3)]]), outbox: new Map([['a', pending('a', 1)]]) };
    await cache.save(late);
    await cache.wipe('all but the outbox');
    await cache.save({ ...late, outbox: new Map([['b', pending('b', 1)]]) });
    expect(await cache.load()).toBeNull();
    expect(await cache.adopt(me, 'session')).toEqual([pending('a', 1)]);
    await cache.wipe('everything');
    await cache.save(late);
    expect(await cache.load()).toBeNull();
    expect(await cache.adopt(me, 'session')).toEqual([]);
  });

  test('goes when the server’s data begins anew, except for what was not sent, and an older tab has no say', async () => {
    const { cache } = await adopted();
    await cache.save({ ...nothing, conversations: new Map([['c', kept(9)]]), outbox: new Map([['a', pending('a', 1)]]) });
    await cache.save({ ...nothing, epoch: { before: 'e1', now: 'e2' }, conversations: new Map([['c', kept(2)]]) });
    await cache.save({ ...nothing, conversations: new Map([['c', kept(10)]]) });
    expect(await cache.load()).toMatchObject({ owner: { epoch: 'e2' }, conversations: [{ rev: 2 }], outbox: [{ clientId: 'a' }] });
  });

  test('is never older than what another tab kept, and keeps the history that only that one reads', async () => {
    const { cache } = await adopted();
    const save = (one: KeptConversation) => cache.save({ ...nothing, conversations: new Map([['c', one]]) });
    await save(kept(4));
    await save(kept(3));
    expect(await revs(cache)).toEqual([4]);
    await save(kept(5, { timeline: null }));
    expect(await revs(cache)).toEqual([4]);
    await save(kept(6));
    expect(await revs(cache)).toEqual([6]);
  });

  test('is bounded: what was quiet for the longest time goes first', async () => {
    const { cache } = await adopted();
    const many = Array.from({ length: limits.keptConversations + 1 }, (_, n) => {
      const id = `c${n}`;
      return [
        id,
        kept(3, {
          conversation: conversation(2, { id, lastMessageAt: n + 1 }),
          timeline: n < limits.keptConversations - limits.keptTimelines ? null : kept(3).timeline,
        }),
      ];
    });
    await cache.save({ ...nothing, conversations: new Map(many as [string, KeptConversation][]) });
    const first = await cache.load();
    expect(first?.conversations).toHaveLength(limits.keptConversations);
    expect(first?.conversations.at(-1)?.conversation.id).toBe('c1');
    expect(first?.conversations.filter(({ timeline }) => timeline)).toHaveLength(limits.keptTimelines);
    expect(await cache.load()).toEqual(first);
  });

  test('holds wholly or not at all', async () => {
    const { storage, cache } = await adopted();
    const refused = storage.transact(async (tx) => {
      await tx.clear('person');
      throw new Error('no');
    });
    await expect(refused).rejects.toThrow('no');
    expect((await cache.load())?.person).toEqual(person);
  });
});
