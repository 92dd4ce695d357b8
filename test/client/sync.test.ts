import { describe, expect, test } from 'bun:test';
import type { Client } from '../../src/client/index.ts';
import type { Conversation } from '../../src/wire/conversations.ts';
import type { Sync } from '../../src/wire/sync.ts';
import { ann, bob, carl, conversation, createFakeServer, created, deferred, message, quiet, Refusal, type FakeServer } from './fake-server.ts';

const nothing: Sync = { epoch: 'e1', conversations: [], messages: {}, removed: [], marks: {}, hidden: {}, complete: true };

/** A connected client with the direct conversation `c` of two messages; with its history where `reading`. */
async function connected(
  server: FakeServer,
  { reading = true, of = conversation(2) }: { reading?: boolean; of?: Conversation } = {},
): Promise<Client> {
  server.on('conversation.list', ({ archived }) => ({ items: archived ? [] : [of], cursor: null }));
  server.on('message.list', () => ({ items: [message(1), message(2)], cursor: null }));
  const client = await server.connected();
  if (reading) await client.openConversation('c');
  return client;
}

async function reconnect(server: FakeServer): Promise<void> {
  server.drop();
  server.wake();
  await quiet();
  server.hello();
  await quiet();
}

const contents = (client: Client): string[] => (client.get().timelines.get('c')?.messages ?? []).map(({ content }) => content);

describe('coming for the first time', () => {
  test('lists all conversations page by page, then syncs with what it holds', async () => {
    const server = createFakeServer();
    server.on('conversation.list', ({ archived, cursor }) => {
      if (archived) return { items: [conversation(1, { id: 'old' })], cursor: null };
      return cursor === 'more' ? { items: [conversation(4, { id: 'd' })], cursor: null } : { items: [conversation(2)], cursor: 'more' };
    });
    const client = await server.connected();
    expect(server.inputs('sync')).toEqual([{ epoch: 'e1', conversations: { c: 3, d: 5, old: 2 } }]);
    expect(client.get().synced).toBe(true);
    expect([...client.get().conversations.keys()]).toEqual(['c', 'd', 'old']);
  });

  test('tries again when the sync is refused for now', async () => {
    const server = createFakeServer();
    let refusals = 1;
    server.on('sync', () => {
      if (refusals-- > 0) throw new Refusal('rate_limited', 7);
      return nothing;
    });
    const client = await server.connected();
    expect(client.get().synced).toBe(false);
    server.clock.advance(7_000);
    await quiet();
    expect(client.get().synced).toBe(true);
  });

  test('asks how the peers of direct conversations are', async () => {
    const server = createFakeServer();
    server.on('presence.get', () => ({ items: [{ userId: 'bob', status: 'away', lastActiveAt: 1 }], cursor: null }));
    const client = await connected(server);
    expect(server.inputs('presence.get')).toEqual([{ ids: ['bob'] }]);
    expect(client.get().presence.get('bob')?.status).toBe('away');
  });
});

describe('a hello that comes again on the same connection', () => {
  test('is a reason to sync: what was told meanwhile may be missing', async () => {
    const server = createFakeServer();
    const client = await connected(server);
    const before = server.inputs('sync').length;
    server.on('sync', () => ({ ...nothing, conversations: [conversation(3)], messages: { c: { items: [message(3)], complete: true } } }));
    server.hello();
    await quiet();
    expect(server.inputs('sync')).toHaveLength(before + 1);
    expect(contents(client)).toEqual(['message 1', 'message 2', 'message 3']);
    expect(client.get().connection).toMatchObject({ state: 'online' });
  });
});

describe('an event', () => {
  test('that is the next of its conversation is applied and held', async () => {
    const server = createFakeServer();
    const client = await connected(server);
    server.push(created(3));
    expect(contents(client)).toEqual(['message 1', 'message 2', 'message 3']);
    expect(client.get().conversations.get('c')).toMatchObject({ lastSeq: 3, rev: 4, lastMessage: { seq: 3 }, membership: { unread: 1 } });
    expect(client.get().held.get('c')).toBe(4);
  });

  test('of a reaction changes its message, once, and not one that knows of it already', async () => {
    const server = createFakeServer();
    const client = await connected(server);
    const reactions = () => client.get().timelines.get('c')?.messages[0]?.reactions;
    const reaction = { messageId: message(1).id, emoji: '🎉', userId: 'bob' };
    server.push({ type: 'reaction.added', conversationId: 'c', rev: 4, data: reaction });
    server.push({ type: 'reaction.added', conversationId: 'c', rev: 5, data: { ...reaction, userId: 'carl' } });
    server.push({ type: 'reaction.added', conversationId: 'c', rev: 5, data: { ...reaction, userId: 'carl' } });
    expect(reactions()).toEqual([{ emoji: '🎉', userIds: ['bob', 'carl'] }]);
    server.push({ type: 'reaction.removed', conversationId: 'c', rev: 6, data: reaction });
    expect(reactions()).toEqual([{ emoji: '🎉', userIds: ['carl'] }]);
    server.push({ type: 'reaction.removed', conversationId: 'c', rev: 7, data: { ...reaction, userId: 'carl' } });
    expect([reactions(), client.get().held.get('c')]).toEqual([[], 7]);
  });

  test('that comes twice changes nothing the second time', async () => {
    const server = createFakeServer();
    const client = await connected(server);
    server.push(created(3));
    const before = client.get();
    server.push(created(3));
    expect(client.get()).toBe(before);
  });

  test('of the past does not bring back an older state of a message', async () => {
    const server = createFakeServer();
    const client = await connected(server);
    server.push({ type: 'message.updated', conversationId: 'c', rev: 4, data: message(2, { rev: 4, content: 'edited' }) });
    server.push({ type: 'message.created', conversationId: 'c', rev: 3, data: message(2) });
    expect(contents(client)).toEqual(['message 1', 'edited']);
    expect(client.get().conversations.get('c')?.lastMessage?.content).toBe('edited');
  });

  test('after a hole is not applied by itself: the changes are fetched, once for several events', async () => {
    const server = createFakeServer();
    const client = await connected(server);
    server.on('conversation.changes', () => ({ items: [message(3), message(4), message(5)], hidden: [], rev: 6, complete: true }));
    server.on('conversation.get', () => conversation(5));
    server.push(created(4));
    server.push(created(5));
    await quiet();
    expect(contents(client)).toEqual([1, 2, 3, 4, 5].map((seq) => `message ${seq}`));
    expect(client.get().held.get('c')).toBe(6);
    expect(server.inputs('conversation.changes')).toEqual([{ conversationId: 'c', since: 3, limit: 200 }]);
  });

  test('that arrives while changes are fetched is fetched too', async () => {
    const server = createFakeServer();
    const client = await connected(server);
    const first = deferred<unknown>();
    const answers = [first.promise, { items: [message(5)], hidden: [], rev: 6, complete: true }];
    server.on('conversation.changes', () => answers.shift());
    server.on('conversation.get', () => conversation(5));
    server.push(created(4));
    await quiet();
    server.push(created(5));
    first.resolve({ items: [message(3), message(4)], hidden: [], rev: 5, complete: true });
    await quiet();
    expect(contents(client)).toEqual([1, 2, 3, 4, 5].map((seq) => `message ${seq}`));
  });

  test('of a conversation that we did not know fetches it', async () => {
    const server = createFakeServer();
    const client = await server.connected();
    server.on('conversation.get', () => conversation(0, { rev: 1 }));
    server.push({ type: 'conversation.created', conversationId: 'c', rev: 1, data: conversation(0, { rev: 1 }) });
    await quiet();
    server.push(created(1));
    expect(client.get().conversations.get('c')).toMatchObject({ peer: { name: 'Bob' }, lastSeq: 1, membership: { unread: 1 } });
  });

  test('that the answer of a command was ahead of is not counted twice', async () => {
    const server = createFakeServer();
    const group = conversation(2, { kind: 'group', memberCount: 2 });
    const client = await connected(server, { of: group });
    server.on('conversation.create', () => ({ ...group, rev: 4, memberCount: 3 }));
    await client.startGroup('again', []);
    server.push({ type: 'member.added', conversationId: 'c', rev: 4, data: { userId: 'carl', user: carl, role: 'member', joinedAt: 0, rev: 4 } });
    expect(client.get().conversations.get('c')?.memberCount).toBe(3);
    expect(client.get().held.get('c')).toBe(4);
  });

  test('members come, change and go', async () => {
    const server = createFakeServer();
    const client = await connected(server, { of: conversation(2, { kind: 'group', peer: null }) });
    server.on('member.list', () => ({ items: [], cursor: null }));
    await client.loadMembers('c');
    const member = { userId: 'carl', user: carl, role: 'member' as const, joinedAt: 0, rev: 4 };
    server.push({ type: 'member.added', conversationId: 'c', rev: 4, data: member });
    server.push({ type: 'member.updated', conversationId: 'c', rev: 5, data: { ...member, role: 'admin', rev: 5 } });
    expect(client.get().members.get('c')).toMatchObject([{ userId: 'carl', role: 'admin' }]);
    expect(client.get().conversations.get('c')?.memberCount).toBe(3);
    server.push({ type: 'member.removed', conversationId: 'c', rev: 6, data: { userId: 'carl', by: 'bob' } });
    expect(client.get().members.get('c')).toEqual([]);
    expect(client.get().conversations.get('c')?.memberCount).toBe(2);
  });

  test('that I was removed is not undone by an answer that was on its way', async () => {
    const server = createFakeServer();
    const client = await connected(server);
    const late = deferred<unknown>();
    const answers = [late.promise];
    server.on('conversation.changes', () => ({ items: [message(3), message(4)], hidden: [], rev: 5, complete: true }));
    server.on('conversation.get', () => answers.shift() ?? Promise.reject(new Refusal('not_found')));
    server.push(created(4));
    await quiet();
    server.push({ type: 'member.removed', conversationId: 'c', rev: 6, data: { userId: ann.id, by: 'bob' } });
    late.resolve(conversation(4));
    await quiet();
    expect([client.get().conversations.has('c'), client.get().held.has('c')]).toEqual([false, false]);
  });

  test('that I was removed is not undone by a sync that was on its way', async () => {
    const server = createFakeServer();
    const client = await connected(server);
    const late = deferred<unknown>();
    server.on('sync', () => late.promise);
    server.drop();
    server.wake();
    await quiet();
    server.hello();
    await quiet();
    server.push({ type: 'member.removed', conversationId: 'c', rev: 4, data: { userId: ann.id, by: 'bob' } });
    late.resolve({ ...nothing, conversations: [conversation(3)] });
    await quiet();
    expect([client.get().conversations.has('c'), client.get().held.has('c')]).toEqual([false, false]);
  });

  test('of what is my own is not undone by a sync that was on its way', async () => {
    const server = createFakeServer();
    const client = await connected(server);
    const late = deferred<unknown>();
    server.on('sync', () => late.promise);
    await reconnect(server);
    const { membership, capabilities, receipts } = conversation(2);
    const muted = { membership: { ...membership, notify: 'none' as const }, peer: bob, capabilities };
    server.push({ type: 'membership.updated', conversationId: 'c', data: muted });
    late.resolve({ ...nothing, marks: { c: { membership, peer: bob, capabilities, receipts } } });
    await quiet();
    expect(client.get().conversations.get('c')?.membership.notify).toBe('none');
  });

  test('that I was removed drops the conversation', async () => {
    const server = createFakeServer();
    const client = await connected(server);
    server.push({ type: 'member.removed', conversationId: 'c', rev: 4, data: { userId: ann.id, by: 'bob' } });
    expect(client.get().conversations.size + client.get().timelines.size + client.get().held.size).toBe(0);
  });

  test('of a deletion empties the message and what quoted it', async () => {
    const server = createFakeServer();
    const client = await connected(server);
    server.push(created(3, { replyTo: { id: 'm2', seq: 2, sender: bob, type: 'text', content: 'message 2', deletedAt: null } }));
    server.push({ type: 'message.deleted', conversationId: 'c', rev: 5, data: message(2, { rev: 5, content: '', deletedAt: 9 }) });
    expect(contents(client)).toEqual(['message 1', '', 'message 3']);
    expect(client.get().timelines.get('c')?.messages[2]?.replyTo).toMatchObject({ content: '', deletedAt: 9 });
  });
});

describe('coming back', () => {
  test('says what it holds, gets each change once, keeps what it had', async () => {
    const server = createFakeServer();
    const client = await connected(server);
    server.on('sync', () => ({
      ...nothing,
      conversations: [conversation(3, { rev: 5 })],
      messages: { c: { items: [message(3), message(1, { rev: 5, content: 'edited' })], complete: true } },
    }));
    await reconnect(server);
    expect(server.inputs('sync').at(-1)).toEqual({ epoch: 'e1', conversations: { c: 3 } });
    expect(contents(client)).toEqual(['edited', 'message 2', 'message 3']);
    expect(client.get().held.get('c')).toBe(5);
  });

  test('goes on with the changes where the sync had more', async () => {
    const server = createFakeServer();
    const client = await connected(server);
    server.on('sync', () => ({ ...nothing, conversations: [conversation(5)], messages: { c: { items: [message(3)], complete: false } } }));
    server.on('conversation.changes', ({ since }) =>
      since === 4 ? { items: [message(4)], hidden: [], rev: 5, complete: false } : { items: [message(5)], hidden: [], rev: 6, complete: true },
    );
    server.on('conversation.get', () => conversation(5));
    await reconnect(server);
    expect(server.inputs('conversation.changes').map(({ since }) => since)).toEqual([4, 5]);
    expect(contents(client)).toEqual([1, 2, 3, 4, 5].map((seq) => `message ${seq}`));
  });

  test('fetches no history that nobody reads', async () => {
    const server = createFakeServer();
    const client = await connected(server, { reading: false });
    server.on('sync', () => ({ ...nothing, conversations: [conversation(500)], messages: { c: { items: [message(3)], complete: false } } }));
    await reconnect(server);
    expect(client.get().held.get('c')).toBe(501);
    expect(client.get().conversations.get('c')?.lastSeq).toBe(500);
  });

  test('syncs until it has every conversation', async () => {
    const server = createFakeServer();
    const client = await connected(server);
    const answers = [
      { ...nothing, conversations: [conversation(1, { id: 'd' })], complete: false },
      { ...nothing, conversations: [conversation(1, { id: 'e' })] },
    ];
    server.on('sync', () => answers.shift());
    await reconnect(server);
    expect([...client.get().conversations.keys()]).toEqual(['c', 'd', 'e']);
    expect(server.inputs('sync').at(-1)?.conversations).toEqual({ c: 3, d: 2 });
  });

  test('drops what is gone and takes over marks of what did not change', async () => {
    const server = createFakeServer();
    const client = await connected(server);
    server.on('sync', () => ({ ...nothing, removed: ['c'] }));
    await reconnect(server);
    expect(client.get().conversations.has('c')).toBe(false);
  });

  test('begins anew where the person left and joined again meanwhile', async () => {
    const server = createFakeServer();
    const client = await connected(server);
    const anew = conversation(9, { rev: 20 });
    server.on('sync', () => ({ ...nothing, removed: ['c'], conversations: [anew], messages: { c: { items: [message(9)], complete: true } } }));
    await reconnect(server);
    expect(client.get().conversations.get('c')).toMatchObject({ rev: 20, lastSeq: 9 });
    expect([client.get().held.get('c'), client.get().timelines.has('c')]).toEqual([20, false]);
  });

  test('what was written meanwhile is sent where the person joined again', async () => {
    const server = createFakeServer();
    const client = await connected(server);
    server.on('message.send', ({ clientId }) => ({ ...message(10, { clientId: String(clientId), sender: ann }), capabilities: {} }));
    server.drop();
    const { clientId } = client.send('c', { content: 'offline' });
    server.on('sync', () => ({ ...nothing, removed: ['c'], conversations: [conversation(9, { rev: 20 })] }));
    server.wake();
    await quiet();
    server.hello();
    await quiet();
    expect(server.inputs('message.send').map((input) => input.clientId)).toEqual([clientId]);
    expect(client.get().outbox.size).toBe(0);
  });

  test('takes over the marks of conversations that did not change', async () => {
    const server = createFakeServer();
    const client = await connected(server, { of: conversation(2, { membership: { ...conversation(2).membership, readSeq: 0, unread: 2 } }) });
    server.on('sync', () => ({
      ...nothing,
      marks: { c: { membership: conversation(2).membership, receipts: { readSeq: 2, deliveredSeq: 2, visible: 2 } } },
    }));
    await reconnect(server);
    expect(client.get().conversations.get('c')).toMatchObject({ membership: { unread: 0, readSeq: 2 }, receipts: { readSeq: 2 } });
  });

  test('starts afresh when the data was restored from a backup', async () => {
    const server = createFakeServer();
    const client = await connected(server);
    server.on('conversation.list', ({ archived }) => ({ items: archived ? [] : [conversation(1)], cursor: null }));
    server.epoch = 'e2';
    await reconnect(server);
    expect(client.get().epoch).toBe('e2');
    expect(client.get().timelines.size).toBe(0);
    expect(client.get().held.get('c')).toBe(2);
  });
});

describe('opening a conversation', () => {
  test('joins what arrives while its messages are read', async () => {
    const server = createFakeServer();
    const client = await connected(server, { reading: false });
    const page = deferred<unknown>();
    server.on('message.list', () => page.promise);
    const opening = client.openConversation('c');
    await quiet();
    server.push(created(3));
    page.resolve({ items: [message(1), message(2)], cursor: null });
    await opening;
    expect(contents(client)).toEqual(['message 1', 'message 2', 'message 3']);
  });

  test('reads older pages until there is none', async () => {
    const server = createFakeServer();
    const client = await connected(server, { reading: false, of: conversation(4) });
    server.on('message.list', ({ before }) =>
      before === 3 ? { items: [message(1), message(2)], cursor: null } : { items: [message(3), message(4)], cursor: 'b3' },
    );
    await client.openConversation('c');
    expect(client.get().timelines.get('c')?.hasOlder).toBe(true);
    await client.loadOlder('c');
    await client.loadOlder('c');
    expect(contents(client)).toHaveLength(4);
    expect(server.inputs('message.list')).toHaveLength(2);
  });

  test('leaves out a change of a message older than what was read', async () => {
    const server = createFakeServer();
    const client = await connected(server, { reading: false, of: conversation(4) });
    server.on('message.list', () => ({ items: [message(3), message(4)], cursor: 'b3' }));
    await client.openConversation('c');
    server.push({ type: 'message.updated', conversationId: 'c', rev: 6, data: message(1, { rev: 6 }) });
    expect(
      client
        .get()
        .timelines.get('c')
        ?.messages.map(({ seq }) => seq),
    ).toEqual([3, 4]);
  });

  test('that fails can be tried again', async () => {
    const server = createFakeServer();
    const client = await connected(server, { reading: false });
    server.on('message.list', () => {
      throw new Refusal('unavailable');
    });
    await expect(client.openConversation('c')).rejects.toMatchObject({ code: 'unavailable' });
    expect(client.get().timelines.has('c')).toBe(false);
    server.on('message.list', () => ({ items: [message(1)], cursor: null }));
    await client.openConversation('c');
    expect(contents(client)).toEqual(['message 1']);
  });
});
