import { describe, expect, test } from 'bun:test';
import { statusOf, type Client } from '../../src/client/index.ts';
import type { Conversation } from '../../src/wire/conversations.ts';
import { ann, conversation, createFakeServer, created, deferred, message, quiet, Refusal, type FakeServer } from './fake-server.ts';

async function connected(server: FakeServer, of: Conversation = conversation(2)): Promise<Client> {
  server.on('conversation.list', ({ archived }) => ({ items: archived ? [] : [of], cursor: null }));
  server.on('message.list', () => ({ items: [message(1), message(2)], cursor: null }));
  const client = await server.connected();
  await client.openConversation('c');
  return client;
}

const stored = (seq: number, data: Record<string, unknown>) =>
  message(seq, { sender: ann, clientId: String(data['clientId']), content: String(data['content']) });
const outbox = (client: Client) => client.get().outbox.get('c') ?? [];
const seqs = (client: Client) =>
  client
    .get()
    .timelines.get('c')
    ?.messages.map(({ seq }) => seq);

async function reconnect(server: FakeServer): Promise<void> {
  server.up = true;
  server.wake();
  await quiet();
  server.hello();
  await quiet();
}

describe('a message', () => {
  test('shows as pending at once and as sent with the answer', async () => {
    const server = createFakeServer();
    const client = await connected(server);
    server.on('message.send', (data) => stored(3, data));
    client.send('c', { content: 'hello' });
    expect(outbox(client)).toMatchObject([{ content: 'hello', status: 'pending' }]);
    await quiet();
    expect(outbox(client)).toEqual([]);
    expect(seqs(client)).toEqual([1, 2, 3]);
  });

  test('is shown once when its event is faster than its answer', async () => {
    const server = createFakeServer();
    const client = await connected(server);
    const answer = deferred<unknown>();
    server.on('message.send', () => answer.promise);
    const { clientId } = client.send('c', { content: 'hello' });
    await quiet();
    server.push(created(3, { sender: ann, clientId }));
    expect(outbox(client)).toEqual([]);
    answer.resolve(message(3, { sender: ann, clientId }));
    await quiet();
    expect(seqs(client)).toEqual([1, 2, 3]);
  });

  test('of my own moves my marks over it', async () => {
    const server = createFakeServer();
    const client = await connected(server);
    server.push(created(3));
    server.push(created(4, { sender: ann }));
    expect(client.get().conversations.get('c')?.membership).toMatchObject({ readSeq: 4, deliveredSeq: 4, unread: 0 });
  });

  test('waits for the connection and goes out under the same name', async () => {
    const server = createFakeServer();
    const client = await connected(server);
    server.on('message.send', () => deferred().promise);
    const { clientId } = client.send('c', { content: 'hello' });
    await quiet();
    server.up = false;
    server.drop();
    await quiet();
    expect(outbox(client)).toMatchObject([{ status: 'pending' }]);
    server.on('message.send', (data) => stored(3, data));
    await reconnect(server);
    expect(server.inputs('message.send').map((input) => input.clientId)).toEqual([clientId, clientId]);
    expect(outbox(client)).toEqual([]);
  });

  test('that was stored before the connection went is not sent again', async () => {
    const server = createFakeServer();
    const client = await connected(server);
    server.on('message.send', () => deferred().promise);
    const { clientId } = client.send('c', { content: 'hello' });
    await quiet();
    server.drop();
    server.on('sync', () => ({
      epoch: 'e1',
      conversations: [conversation(3)],
      messages: { c: { items: [message(3, { sender: ann, clientId })], complete: true } },
      removed: [],
      marks: {},
      hidden: {},
      complete: true,
    }));
    await reconnect(server);
    expect(server.inputs('message.send')).toHaveLength(1);
    expect(outbox(client)).toEqual([]);
    expect(seqs(client)).toEqual([1, 2, 3]);
  });

  test('that is refused for good counts as failed; a retry keeps its name', async () => {
    const server = createFakeServer();
    const client = await connected(server);
    server.on('message.send', () => {
      throw new Refusal('forbidden');
    });
    const { clientId } = client.send('c', { content: 'hello' });
    await quiet();
    expect(outbox(client)).toMatchObject([{ status: 'failed', error: 'forbidden' }]);
    server.on('message.send', (data) => stored(3, data));
    client.retry('c', clientId);
    await quiet();
    expect(outbox(client)).toEqual([]);
    expect(server.inputs('message.send').map((input) => input.clientId)).toEqual([clientId, clientId]);
  });

  test('that is refused for now is tried again by itself, not before the server wants it', async () => {
    const server = createFakeServer();
    const client = await connected(server);
    server.on('message.send', () => {
      throw new Refusal('rate_limited', 4);
    });
    client.send('c', { content: 'hello' });
    await quiet();
    server.on('message.send', (data) => stored(3, data));
    server.clock.advance(3_999);
    await quiet();
    expect(server.inputs('message.send')).toHaveLength(1);
    server.clock.advance(1);
    await quiet();
    expect(outbox(client)).toEqual([]);
  });

  test('written while an earlier one must wait does not hurry it', async () => {
    const server = createFakeServer();
    const client = await connected(server);
    server.on('message.send', () => {
      throw new Refusal('rate_limited', 4);
    });
    client.send('c', { content: 'one' });
    await quiet();
    let seq = 2;
    server.on('message.send', (data) => stored(++seq, data));
    client.send('c', { content: 'two' });
    await reconnect(server);
    server.clock.advance(3_000);
    await quiet();
    expect(server.inputs('message.send')).toHaveLength(1);
    server.clock.advance(1_000);
    await quiet();
    expect(server.inputs('message.send').map(({ content }) => content)).toEqual(['one', 'one', 'two']);
  });

  test('leaves over HTTP when sockets do not get through', async () => {
    const server = createFakeServer();
    const client = await connected(server);
    server.on('POST /api/chat/conversations/c/messages', (data) => stored(3, data));
    server.up = false;
    server.drop();
    await quiet();
    client.send('c', { content: 'hello' });
    await quiet();
    expect(outbox(client)).toMatchObject([{ status: 'pending' }]);
    // The server is back, and nobody says hello.
    server.up = true;
    server.clock.advance(1_000);
    await quiet();
    expect([outbox(client), seqs(client)]).toEqual([[], [1, 2, 3]]);
    expect(server.asked.filter(({ type }) => type.endsWith('/messages')).map(({ door }) => door)).toEqual(['http']);
  });

  test('that was discarded while it was refused stays away', async () => {
    const server = createFakeServer();
    const client = await connected(server);
    const answer = deferred<unknown>();
    server.on('message.send', () => answer.promise);
    const { clientId } = client.send('c', { content: 'hello' });
    await quiet();
    client.discard('c', clientId);
    answer.reject(new Refusal('forbidden'));
    await quiet();
    expect(outbox(client)).toEqual([]);
  });

  test('that is refused for now again and again is left to the person', async () => {
    const server = createFakeServer();
    const client = await connected(server);
    server.on('message.send', () => {
      throw new Refusal('internal');
    });
    client.send('c', { content: 'hello' });
    for (let i = 0; i < 10; i++) {
      await quiet();
      server.clock.advance(10_000);
    }
    expect(server.inputs('message.send')).toHaveLength(7);
    expect(outbox(client)).toMatchObject([{ status: 'failed', error: 'internal' }]);
    client.discard('c', outbox(client)[0]?.clientId ?? '');
    expect(outbox(client)).toEqual([]);
  });

  test('leaves when the one before it has arrived', async () => {
    const server = createFakeServer();
    const client = await connected(server);
    const first = deferred<unknown>();
    server.on('message.send', () => first.promise);
    client.send('c', { content: 'one' });
    client.send('c', { content: 'two' });
    await quiet();
    expect(server.inputs('message.send').map((input) => input.content)).toEqual(['one']);
    server.on('message.send', (data) => stored(4, data));
    first.resolve(stored(3, server.inputs('message.send')[0] ?? {}));
    await quiet();
    expect(server.inputs('message.send').map((input) => input.content)).toEqual(['one', 'two']);
    expect(seqs(client)).toEqual([1, 2, 3, 4]);
  });

  test('names what it answers', async () => {
    const server = createFakeServer();
    const client = await connected(server);
    server.on('message.send', (data) => stored(3, data));
    const { id, seq, sender, type, content, deletedAt } = message(2);
    client.send('c', { content: 'yes', replyTo: { id, seq, sender, type, content, deletedAt } });
    await quiet();
    expect(server.inputs('message.send')[0]?.replyToId).toBe('m2');
  });
});

describe('ticks', () => {
  const mine = message(3, { sender: ann });

  test('follow the marks of the peer', async () => {
    const server = createFakeServer();
    const client = await connected(server);
    server.push(created(3, { sender: ann }));
    const ticks = [statusOf(client.get(), mine)];
    server.push({ type: 'receipt.updated', conversationId: 'c', data: { userId: 'bob', readSeq: 2, deliveredSeq: 3 } });
    ticks.push(statusOf(client.get(), mine));
    server.push({ type: 'receipt.updated', conversationId: 'c', data: { userId: 'bob', readSeq: 3, deliveredSeq: 3 } });
    ticks.push(statusOf(client.get(), mine));
    server.push({ type: 'receipt.updated', conversationId: 'c', data: { userId: 'bob', readSeq: 1, deliveredSeq: 1 } });
    ticks.push(statusOf(client.get(), mine));
    expect(ticks).toEqual(['sent', 'delivered', 'read', 'read']);
  });

  test('of a group wait for everybody, and stay when somebody joins or leaves', async () => {
    const server = createFakeServer();
    const group = conversation(2, { kind: 'group', peer: null, memberCount: 3, receipts: { readSeq: 2, deliveredSeq: 2, visible: 3 } });
    const client = await connected(server, group);
    server.push(created(3, { sender: ann }));
    const read = (userId: string) => server.push({ type: 'receipt.updated', conversationId: 'c', data: { userId, readSeq: 3, deliveredSeq: 3 } });
    read('bob');
    expect(statusOf(client.get(), mine)).toBe('sent');
    read('carl');
    expect(statusOf(client.get(), mine)).toBe('read');
    const dora = { id: 'dora', externalId: null, name: 'Dora', avatarUrl: null, kind: 'user' as const, statusText: null };
    server.push({ type: 'member.added', conversationId: 'c', rev: 5, data: { userId: 'dora', user: dora, role: 'member', joinedAt: 0, rev: 5 } });
    expect(statusOf(client.get(), mine)).toBe('read');
    server.push({ type: 'member.removed', conversationId: 'c', rev: 6, data: { userId: 'carl', by: 'bob' } });
    expect(statusOf(client.get(), mine)).toBe('read');
  });

  test('are not given by somebody who hides receipts', async () => {
    const server = createFakeServer();
    const client = await connected(server, conversation(2, { receipts: { readSeq: 2, deliveredSeq: 2, visible: 1 } }));
    expect(statusOf(client.get(), message(2, { sender: ann }))).toBe('sent');
  });
});

describe('marks', () => {
  test('what arrives is told as delivered, several messages with one word', async () => {
    const server = createFakeServer();
    const client = await connected(server);
    server.push(created(3));
    server.push(created(4));
    server.clock.advance(150);
    await quiet();
    expect(server.inputs('delivered.mark')).toEqual([{ conversationId: 'c', seq: 4 }]);
    expect(client.get().conversations.get('c')?.membership).toMatchObject({ deliveredSeq: 4, unread: 2 });
  });

  test('what is read at once needs no delivery', async () => {
    const server = createFakeServer();
    const client = await connected(server);
    server.push(created(3));
    client.markRead('c', 3);
    expect(client.get().conversations.get('c')?.membership.unread).toBe(0);
    server.clock.advance(150);
    await quiet();
    expect(server.inputs('read.mark')).toEqual([{ conversationId: 'c', seq: 3 }]);
    expect(server.inputs('delivered.mark')).toEqual([]);
  });

  test('what could not be told is told after the next connect', async () => {
    const server = createFakeServer();
    const client = await connected(server);
    server.push(created(3));
    server.up = false;
    server.drop();
    client.markRead('c', 3);
    await quiet();
    await reconnect(server);
    expect(server.inputs('read.mark')).toEqual([{ conversationId: 'c', seq: 3 }]);
    expect(client.get().conversations.get('c')?.membership.unread).toBe(0);
  });

  test('moved on another device clear the badge here', async () => {
    const server = createFakeServer();
    const client = await connected(server);
    server.push(created(3));
    server.push({ type: 'unread.updated', conversationId: 'c', data: { readSeq: 3, deliveredSeq: 3, unread: 0 } });
    expect(client.get().conversations.get('c')?.membership.unread).toBe(0);
  });
});

describe('typing', () => {
  test('is told when it begins, again every three seconds, and when it ends', async () => {
    const server = createFakeServer();
    const client = await connected(server);
    for (let i = 0; i < 5; i++) {
      client.setTyping('c', true);
      server.clock.advance(1_000);
    }
    server.clock.advance(5_000);
    expect(server.inputs('typing.set').map(({ typing }) => typing)).toEqual([true, true, false]);
  });

  test('ends with the message, without a word of its own', async () => {
    const server = createFakeServer();
    const client = await connected(server);
    server.on('message.send', (data) => stored(3, data));
    client.setTyping('c', true);
    client.send('c', { content: 'hello' });
    server.clock.advance(10_000);
    expect(server.inputs('typing.set').map(({ typing }) => typing)).toEqual([true]);
  });

  test('of others is shown until it ends, a message comes, or nothing is heard for a while', async () => {
    const server = createFakeServer();
    const client = await connected(server);
    const types = (typing: boolean) => server.push({ type: 'typing.updated', conversationId: 'c', data: { userId: 'bob', typing } });
    const typing = () => client.get().typing.get('c') ?? [];
    types(true);
    expect(typing()).toEqual(['bob']);
    types(false);
    expect(typing()).toEqual([]);
    types(true);
    server.push(created(3));
    expect(typing()).toEqual([]);
    types(true);
    server.clock.advance(7_000);
    expect(typing()).toEqual([]);
  });
});
