import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Client } from '../../src/client/index.ts';
import {
  useConversation,
  useConversations,
  useMembers,
  useMessages,
  useNotifications,
  usePresence,
  useSearch,
  useSend,
  useSession,
  useTyping,
  useUnread,
} from '../../src/client/react/index.ts';
import { givePage, renderHook } from '../support/hooks.tsx';
import { ann, conversation, createFakeServer, created, deferred, message, quiet, Refusal, type FakeServer } from './fake-server.ts';

let takePage = async (): Promise<void> => {};
beforeAll(() => void (takePage = givePage()));
afterAll(() => takePage());

async function connected(server: FakeServer): Promise<Client> {
  const old = conversation(1, { id: 'old', membership: { ...conversation(1).membership, archived: true, unread: 1, readSeq: 0 } });
  server.on('conversation.list', ({ archived }) => ({ items: archived ? [old] : [conversation(2), conversation(1, { id: 'd' })], cursor: null }));
  server.on('message.list', ({ around, before, after }) => {
    if (around) return { items: [message(1)], cursor: null };
    if (after) return { items: [message(2)], cursor: null };
    return { items: before ? [message(1)] : [message(2)], cursor: before ? null : 'older' };
  });
  return server.connected();
}

const shown = ({ items }: ReturnType<typeof useMessages>) => items.map((item) => `${(item.message ?? item.pending).content} ${item.status}`);

describe('useMessages', () => {
  test('opens the conversation, and draws again only for what changes here', async () => {
    const server = createFakeServer();
    const client = await connected(server);
    const chat = await renderHook(client, () => useMessages('c'), quiet);
    expect([chat.current.status, shown(chat.current), chat.current.hasOlder]).toEqual(['ready', ['message 2 null'], true]);
    const [first] = chat.current.items;
    const { renders } = chat;
    await chat.settle(() => server.push(created(2, { conversationId: 'd', id: 'elsewhere' })));
    expect(chat.renders).toBe(renders);
    await chat.settle(() => server.push(created(3)));
    expect(shown(chat.current)).toEqual(['message 2 null', 'message 3 null']);
    expect(chat.current.items[0]).toBe(first);
  });

  test('pages up, jumps into the past and comes back', async () => {
    const server = createFakeServer();
    const client = await connected(server);
    const chat = await renderHook(client, () => useMessages('c'), quiet);
    await chat.settle(() => chat.current.loadOlder());
    expect([shown(chat.current), chat.current.hasOlder]).toEqual([['message 1 null', 'message 2 null'], false]);
    await chat.settle(() => chat.current.jumpToNewest());
    expect(shown(chat.current)).toEqual(['message 1 null', 'message 2 null']);
    await chat.unmount();

    const again = await renderHook(await connected(server), () => useMessages('c'), quiet);
    await again.settle(() => again.current.jumpTo(1));
    expect([shown(again.current), again.current.hasNewer]).toEqual([['message 1 null'], true]);
    await again.settle(() => again.current.loadNewer());
    expect([shown(again.current), again.current.hasNewer]).toEqual([['message 1 null', 'message 2 null'], false]);
  });

  test('shows a message from pending to read under one key, and what failed until it is sent again', async () => {
    const server = createFakeServer();
    const client = await connected(server);
    const chat = await renderHook(client, () => ({ ...useMessages('c'), ...useSend('c') }), quiet);
    const answer = deferred<unknown>();
    server.on('message.send', () => answer.promise);
    await chat.settle(() => chat.current.send('hello'));
    expect(shown(chat.current)).toEqual(['message 2 null', 'hello pending']);
    const key = chat.current.items[1]?.key ?? '';
    answer.reject(new Refusal('forbidden'));
    await chat.settle();
    expect(shown(chat.current)).toEqual(['message 2 null', 'hello failed']);
    server.on('message.send', () => message(3, { sender: ann, clientId: key, content: 'hello' }));
    await chat.settle(() => chat.current.retry(key));
    const states = [shown(chat.current).at(-1)];
    for (const mark of [
      { readSeq: 0, deliveredSeq: 3 },
      { readSeq: 3, deliveredSeq: 3 },
    ]) {
      await chat.settle(() => server.push({ type: 'receipt.updated', conversationId: 'c', data: { userId: 'bob', ...mark } }));
      states.push(shown(chat.current).at(-1));
    }
    expect([states, chat.current.items[1]?.key]).toEqual([['hello sent', 'hello delivered', 'hello read'], key]);
  });

  test('says why nothing could be read, and tries again when asked to', async () => {
    const server = createFakeServer();
    const client = await connected(server);
    let asked = 0;
    server.on('message.list', () => {
      asked++;
      throw new Refusal('not_found');
    });
    const chat = await renderHook(client, () => useMessages('c'), quiet);
    expect([chat.current.status, chat.current.error]).toMatchObject(['failed', { code: 'not_found' }]);
    // It asked a second time by itself, and the failure was on the screen for a moment only.
    expect(asked).toBe(1);
    server.on('message.list', () => ({ items: [message(2)], cursor: null }));
    await chat.settle(() => chat.current.reload());
    expect([chat.current.status, chat.current.error]).toEqual(['ready', null]);
  });

  test('marks as read', async () => {
    const server = createFakeServer();
    const client = await connected(server);
    const chat = await renderHook(client, () => ({ ...useMessages('c'), unread: useUnread() }), quiet);
    await chat.settle(() => server.push(created(3)));
    expect(chat.current.unread).toBe(1);
    await chat.settle(() => chat.current.markRead());
    expect([chat.current.unread, server.inputs('read.mark')]).toEqual([0, [{ conversationId: 'c', seq: 3 }]]);
  });
});

test('useConversations tells them apart and puts the newest first, useConversation finds one', async () => {
  const server = createFakeServer();
  const client = await connected(server);
  const use = () => ({ ...useConversations(), archived: useConversations({ archived: true }), one: useConversation('d'), ...useSession() });
  const list = await renderHook(client, use, quiet);
  const ids = () => list.current.conversations.map(({ id }) => id);
  expect([ids(), list.current.archived.conversations.length, list.current.synced, list.current.me?.id]).toEqual([['c', 'd'], 1, true, 'ann']);
  await list.settle(() => server.push(created(2, { conversationId: 'd', createdAt: 1_800_000_000_000 })));
  expect([ids(), list.current.one?.lastSeq]).toEqual([['d', 'c'], 2]);
});

test('usePresence watches while it is shown, useTyping hears and tells', async () => {
  const server = createFakeServer();
  server.on('presence.watch', ({ userIds }) => ({
    items: (userIds as string[]).map((userId) => ({ userId, status: 'online', lastActiveAt: null })),
    cursor: null,
  }));
  const client = await connected(server);
  const use = () => ({ presence: usePresence('carl'), typing: useTyping('c') });
  const shows = await renderHook(client, use, quiet);
  await shows.settle(() => server.push({ type: 'typing.updated', conversationId: 'c', data: { userId: 'bob', typing: true } }));
  expect([shows.current.presence?.status, shows.current.typing[0]]).toEqual(['online', ['bob']]);
  await shows.settle(() => shows.current.typing[1](true));
  expect(server.inputs('typing.set')).toEqual([{ conversationId: 'c', typing: true }]);
  await shows.unmount();
  await quiet();
  expect(server.inputs('presence.watch').map(({ userIds }) => userIds)).toEqual([['carl'], []]);
});

test('useNotifications and useMembers follow what is told', async () => {
  const server = createFakeServer();
  server.on('member.list', () => ({ items: [], cursor: null }));
  server.on('notification.read', () => ({}));
  const client = await connected(server);
  const shows = await renderHook(client, () => ({ centre: useNotifications(), members: useMembers('c').members }), quiet);
  expect([shows.current.centre.ready, shows.current.centre.items, shows.current.members]).toEqual([true, [], []]);
  await shows.settle(() => shows.current.centre.markAllRead());
  expect(server.inputs('notification.read')).toEqual([{ all: true }]);
});

test('useSearch finds what is asked for, and asks for the next page', async () => {
  const server = createFakeServer();
  const client = await connected(server);
  const asked = deferred<void>();
  server.on('message.search', ({ cursor }) => {
    asked.resolve();
    return cursor ? { items: [message(1)], cursor: null } : { items: [message(2)], cursor: 'more' };
  });
  const search = await renderHook(client, () => useSearch({ q: 'message', conversationId: 'c', mine: true }), quiet);
  await search.settle(() => asked.promise);
  await search.settle(() => search.current.more());
  expect(search.current.results).toMatchObject({ items: [{ seq: 2 }, { seq: 1 }], cursor: null, error: null });
  expect(server.inputs('message.search')[1]).toEqual({ q: 'message', conversationId: 'c', from: 'me', limit: 30, cursor: 'more' });
});
