import { describe, expect, test } from 'bun:test';
import type { Client } from '../../src/client/index.ts';
import type { Message } from '../../src/wire/messages.ts';
import type { NotificationPreferences } from '../../src/wire/notifications.ts';
import { ann, bob, conversation, createFakeServer, created, deferred, me, message, quiet, type FakeServer } from './fake-server.ts';

async function connected(server: FakeServer): Promise<Client> {
  server.on('conversation.list', ({ archived }) => ({ items: archived ? [] : [conversation(2)], cursor: null }));
  server.on('message.list', () => ({ items: [message(1, { sender: ann }), message(2)], cursor: null }));
  const client = await server.connected();
  await client.openConversation('c');
  return client;
}

const updated = (rev: number, data: Message) => ({ type: 'message.updated', conversationId: 'c', rev, data }) as const;

describe('pins', () => {
  const pinned = (seq: number, rev: number, at: number) => message(seq, { rev, pinned: { at, by: 'bob' } });
  const held = (client: Client) =>
    client
      .get()
      .pins.get('c')
      ?.map(({ seq }) => seq);

  test('that are loaded follow the events, the one pinned last first', async () => {
    const server = createFakeServer();
    server.on('pin.list', () => ({ items: [pinned(1, 3, 10)], cursor: null }));
    server.on('conversation.get', () => conversation(2));
    const client = await connected(server);
    await client.loadPins('c');
    server.push(updated(4, pinned(2, 4, 20)));
    expect(held(client)).toEqual([2, 1]);
    server.push(updated(5, message(1, { rev: 5 })));
    expect(held(client)).toEqual([2]);
    server.push({ type: 'message.hidden', conversationId: 'c', data: { messageId: message(2).id } });
    expect(held(client)).toEqual([]);
  });

  test('of a message that is not here are asked for, because the person may have hidden it', async () => {
    const server = createFakeServer();
    let items: Message[] = [];
    server.on('pin.list', () => ({ items, cursor: null }));
    const client = await connected(server);
    await client.loadPins('c');
    server.push({ type: 'message.hidden', conversationId: 'c', data: { messageId: message(1).id } });
    server.push(updated(4, pinned(1, 4, 10)));
    await quiet();
    expect([held(client), server.inputs('pin.list').length]).toEqual([[], 2]);
    items = [message(0, { rev: 5, pinned: { at: 11, by: 'bob' } })];
    server.push(updated(5, message(0, { rev: 5, pinned: { at: 11, by: 'bob' } })));
    await quiet();
    expect(held(client)).toEqual([0]);
  });
});

test('other settings mean other capabilities: they come by themselves, and nothing is asked for', async () => {
  const server = createFakeServer();
  const closed = { ...conversation(2), rev: 4, settings: { ...conversation(2).settings, posting: 'admins' as const } };
  const client = await connected(server);
  server.push({ type: 'conversation.updated', conversationId: 'c', rev: 4, data: closed });
  const { membership, capabilities } = closed;
  server.push({ type: 'membership.updated', conversationId: 'c', data: { membership, peer: null, capabilities: { ...capabilities, post: false } } });
  await quiet();
  expect(client.get().conversations.get('c')?.capabilities.post).toBe(false);
  expect(server.inputs('conversation.get')).toEqual([]);
});

describe('what one sets for oneself', () => {
  const preferences = (push: boolean): NotificationPreferences => {
    const both = { centre: true, push };
    return { kinds: { mention: both, reply: both, direct: both, added: both, reaction: both, message: { push } }, quietHours: null };
  };
  const settings = { timeZone: 'Asia/Tokyo', preferences: { hidePresence: false, hideReceipts: true } };

  test('on another device is known here at once', async () => {
    const server = createFakeServer();
    const client = await connected(server);
    server.push({ type: 'me.updated', data: settings });
    server.push({ type: 'preference.updated', data: preferences(false) });
    expect(client.get().me).toMatchObject({ name: 'Ann', ...settings });
    expect(client.get().preferences).toEqual(preferences(false));
  });

  test('while this one was away is asked for when it is back, as far as somebody looked', async () => {
    const server = createFakeServer();
    let kept = preferences(true);
    server.on('preference.get', () => kept);
    const client = await connected(server);
    const back = async (): Promise<void> => {
      server.drop();
      server.wake();
      await quiet();
      server.hello();
      await quiet();
    };
    expect(server.inputs('person.me')).toHaveLength(0);
    server.on('person.me', () => ({ ...me, ...settings }));
    await back();
    expect(client.get().me).toMatchObject(settings);
    expect(server.inputs('preference.get')).toHaveLength(0);
    await client.loadPreferences();
    kept = preferences(false);
    await back();
    expect(client.get().preferences).toEqual(preferences(false));
  });

  test('is not taken back by an answer that was on its way meanwhile', async () => {
    const server = createFakeServer();
    const answer = deferred<NotificationPreferences>();
    server.on('preference.get', () => answer.promise);
    const client = await connected(server);
    const loaded = client.loadPreferences();
    await quiet();
    server.push({ type: 'preference.updated', data: preferences(false) });
    answer.resolve(preferences(true));
    await loaded;
    expect(client.get().preferences).toEqual(preferences(false));
  });
});

describe('a draft', () => {
  test('is kept when the typing pauses, and taken away when it is sent', async () => {
    const server = createFakeServer();
    server.on('draft.set', () => ({ draft: null }));
    const client = await connected(server);
    client.setDraft('c', { content: 'a' });
    client.setDraft('c', { content: 'ab' });
    server.clock.advance(1_000);
    client.setDraft('c', { content: '' });
    await quiet();
    expect(server.inputs('draft.set').map(({ content }) => content)).toEqual(['ab', '']);
  });

  test('that was never kept costs no request', async () => {
    const server = createFakeServer();
    const client = await connected(server);
    client.setDraft('c', { content: 'a' });
    client.setDraft('c', { content: '' });
    server.clock.advance(10_000);
    await quiet();
    expect(server.inputs('draft.set')).toEqual([]);
  });
});

describe('unread in threads', () => {
  const marks = (client: Client) => [...client.get().threadMarks.values()].map(({ threadId, unread }) => `${threadId} ${unread}`);
  const reply = (seq: number, under: number, sender = bob) => created(seq, { threadId: message(under).id, sender });

  test('counts what others write under a message of ours, until we read it', async () => {
    const server = createFakeServer();
    const client = await connected(server);
    server.push(reply(3, 1));
    server.push(reply(4, 1));
    expect(marks(client)).toEqual(['m1 2']);
    server.push({ type: 'thread.read', conversationId: 'c', data: { threadId: 'm1', readSeq: 4, unread: 0 } });
    expect(marks(client)).toEqual(['m1 0']);
  });

  test('begins with what we write ourselves, and leaves out the threads of others', async () => {
    const server = createFakeServer();
    const client = await connected(server);
    server.push(reply(3, 2));
    expect(marks(client)).toEqual([]);
    server.push(reply(4, 2, ann));
    server.push(reply(5, 2));
    expect(marks(client)).toEqual(['m2 1']);
  });
});
