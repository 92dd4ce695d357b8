import { limits } from '../../src/client/limits.ts';
import { describe, expect, test } from 'bun:test';
import type { Client } from '../../src/client/index.ts';
import { ann, conversation, createFakeServer, created, message, quiet, type FakeServer } from './fake-server.ts';

const LAST = 300;

/** A conversation of 300 messages, of which the newest 50 are read. */
async function reading(server: FakeServer, last = LAST): Promise<Client> {
  server.on('conversation.list', ({ archived }) => ({ items: archived ? [] : [conversation(last)], cursor: null }));
  server.on('message.list', ({ before, after, around, limit }) => page(Number(limit), { before, after, around }, last));
  const client = await server.connected();
  await client.openConversation('c');
  return client;
}

function page(limit: number, { before, after, around }: Record<'before' | 'after' | 'around', unknown>, last = LAST) {
  const from = typeof around === 'number' ? around - limit / 2 + 1 : typeof after === 'number' ? after + 1 : Number(before ?? last + 1) - limit;
  const first = Math.max(1, from);
  const items = Array.from({ length: Math.min(limit, last - first + 1) }, (_, i) => message(first + i));
  const more = typeof after === 'number' ? first + items.length <= last : first > 1;
  return { items, cursor: more ? 'more' : null };
}

const held = (client: Client) => {
  const { messages, hasOlder, hasNewer } = client.get().timelines.get('c') ?? { messages: [], hasOlder: null, hasNewer: null };
  return { first: messages[0]?.seq, last: messages.at(-1)?.seq, count: messages.length, hasOlder, hasNewer };
};

test('however far somebody reads, only a stretch is held, and the way back has no holes', async () => {
  const all = limits.stretchMessages + 260;
  const client = await reading(createFakeServer(), all);
  const seqs = new Set<number>();
  const note = (): void =>
    client
      .get()
      .timelines.get('c')
      ?.messages.forEach(({ seq }) => seqs.add(seq));
  for (note(); held(client).first !== 1; note()) await client.loadOlder('c');
  expect(held(client)).toEqual({ first: 1, last: limits.stretchMessages, count: limits.stretchMessages, hasOlder: false, hasNewer: true });
  expect(seqs.size).toBe(all);
  for (seqs.clear(), note(); held(client).hasNewer; note()) await client.loadNewer('c');
  expect(held(client)).toEqual({ first: 261, last: all, count: limits.stretchMessages, hasOlder: true, hasNewer: false });
  expect(seqs.size).toBe(all);
});

describe('a long thread', () => {
  const all = limits.stretchMessages + 260;
  const root = message(1);

  /** Every message but the first hangs under it. */
  async function opened(server: FakeServer): Promise<Client> {
    const client = await reading(server);
    const replies = (limit: number, where: Parameters<typeof page>[1]) => {
      const { items, cursor } = page(limit, where, all);
      return { items: items.map((reply) => ({ ...reply, seq: reply.seq + 1, id: `r${reply.seq}`, threadId: root.id })), cursor };
    };
    server.on('thread.get', () => ({ message: root, participants: [], unread: 0, readSeq: 0, participating: false }));
    server.on('message.list', ({ before, after, limit }) =>
      replies(Number(limit), {
        before: typeof before === 'number' ? before - 1 : undefined,
        after: typeof after === 'number' ? after - 1 : undefined,
        around: undefined,
      }),
    );
    await client.openThread(root);
    return client;
  }

  const inThread = (client: Client) => {
    const { messages, hasOlder, hasNewer } = client.get().threads.get(root.id)?.timeline ?? { messages: [], hasOlder: null, hasNewer: null };
    return { first: messages[0]?.seq, last: messages.at(-1)?.seq, count: messages.length, hasOlder, hasNewer };
  };

  test('is held as a stretch, however far somebody reads, and the way back has no holes', async () => {
    const client = await opened(createFakeServer());
    const seqs = new Set<number>();
    const note = (): void =>
      client
        .get()
        .threads.get(root.id)
        ?.timeline.messages.forEach(({ seq }) => seqs.add(seq));
    expect(inThread(client)).toMatchObject({ last: all + 1, hasOlder: true, hasNewer: false });
    for (note(); inThread(client).first !== 2; note()) await client.loadOlderInThread(root.id);
    expect(inThread(client)).toMatchObject({ last: limits.stretchMessages + 1, count: limits.stretchMessages, hasOlder: false, hasNewer: true });
    expect(seqs.size).toBe(all);
    for (seqs.clear(), note(); inThread(client).hasNewer; note()) await client.loadNewerInThread(root.id);
    expect(inThread(client)).toMatchObject({ last: all + 1, count: limits.stretchMessages, hasOlder: true });
    expect(seqs.size).toBe(all);
  });

  test('at whose two ends one reads at once keeps its stretch whole', async () => {
    const client = await opened(createFakeServer());
    while (inThread(client).first !== 2) await client.loadOlderInThread(root.id);
    await client.loadNewerInThread(root.id);
    await Promise.all([client.loadOlderInThread(root.id), client.loadNewerInThread(root.id)]);
    const { first = 0, last = 0, count } = inThread(client);
    expect(last - first + 1).toBe(count);
  });

  test('begins with the newest when its past is left, with what came meanwhile', async () => {
    const server = createFakeServer();
    const client = await opened(server);
    while (inThread(client).first !== 2) await client.loadOlderInThread(root.id);
    const reply = message(all + 5, { id: 'late', threadId: root.id });
    server.push({ type: 'message.created', conversationId: 'c', rev: LAST + 2, data: reply });
    expect(inThread(client).last).toBe(limits.stretchMessages + 1);
    await client.leavePastInThread(root.id);
    expect(inThread(client)).toMatchObject({ last: all + 1, count: 100, hasOlder: true, hasNewer: false });
    server.push({ type: 'message.created', conversationId: 'c', rev: LAST + 3, data: { ...reply, id: 'later', seq: all + 6, rev: LAST + 3 } });
    expect(inThread(client).last).toBe(all + 6);
  });
});

describe('a message of the past', () => {
  test('is shown with what stands around it, and the way to the newest has no holes', async () => {
    const client = await reading(createFakeServer());
    await client.openAround('c', 100);
    expect(held(client)).toEqual({ first: 76, last: 125, count: 50, hasOlder: true, hasNewer: true });
    await client.loadOlder('c');
    for (let n = 0; n < 4; n++) await client.loadNewer('c');
    expect(held(client)).toEqual({ first: 26, last: LAST, count: 275, hasOlder: true, hasNewer: false });
  });

  test('that is here already costs nothing', async () => {
    const server = createFakeServer();
    const client = await reading(server);
    await client.openAround('c', 260);
    expect(server.inputs('message.list')).toHaveLength(1);
  });

  test('that stands just above is joined to what is here', async () => {
    const client = await reading(createFakeServer());
    await client.openAround('c', 240);
    expect(held(client)).toEqual({ first: 216, last: LAST, count: 85, hasOlder: true, hasNewer: false });
  });

  test('does not let new messages in behind it: they come in their place', async () => {
    const server = createFakeServer();
    const client = await reading(server);
    await client.openAround('c', 100);
    server.push(created(LAST + 1));
    expect(held(client).last).toBe(125);
    expect(client.get().conversations.get('c')?.lastSeq).toBe(LAST + 1);
  });

  test('what arrives while the last page is on its way is asked for, not lost', async () => {
    const server = createFakeServer();
    const client = await reading(server);
    await client.openAround('c', 240 - 25);
    server.on('message.list', ({ after }) => {
      server.push(created(LAST + 1));
      return { items: page(100, { before: undefined, after, around: undefined }).items, cursor: null };
    });
    await client.loadNewer('c');
    expect(held(client)).toMatchObject({ last: LAST, hasNewer: true });
    server.on('message.list', () => ({ items: [message(LAST + 1)], cursor: null }));
    await client.loadNewer('c');
    expect(held(client)).toMatchObject({ last: LAST + 1, hasNewer: false });
  });

  test('is left when nobody looks any longer, also while a page is on its way', async () => {
    const client = await reading(createFakeServer());
    await client.openAround('c', 100);
    const loading = client.loadNewer('c');
    client.leavePast('c');
    await client.openConversation('c');
    await loading;
    expect(held(client)).toMatchObject({ last: LAST, count: 50, hasNewer: false });
  });

  test('that may not be read leaves everything as it is', async () => {
    const server = createFakeServer();
    const client = await reading(server);
    server.on('message.list', () => {
      throw new Error('unreachable');
    });
    server.drop();
    server.up = false;
    await expect(client.openAround('c', 3)).rejects.toMatchObject({ code: 'disconnected' });
    expect(held(client)).toMatchObject({ last: LAST, hasNewer: false });
  });
});

describe('slow mode', () => {
  const slow = { ...conversation(LAST), settings: { ...conversation(LAST).settings, slowModeSeconds: 30 } };

  test('each own message puts off the next one, and nobody else’s does', async () => {
    const server = createFakeServer();
    server.on('conversation.list', ({ archived }) => ({ items: archived ? [] : [slow], cursor: null }));
    const client = await server.connected();
    server.push(created(LAST + 1));
    expect(client.get().conversations.get('c')?.membership.nextSendAt).toBeNull();
    const sentAt = server.clock.now();
    server.push(created(LAST + 2, { sender: ann, createdAt: sentAt }));
    expect(client.get().conversations.get('c')?.membership.nextSendAt).toBe(sentAt + 30_000);
  });

  test('is told by the clock of the server', async () => {
    const server = createFakeServer();
    const client = await server.connected();
    expect(client.get().aheadMs).toBe(0);
    server.drop();
    server.clock.advance(5_000);
    await quiet();
    server.frame({ type: 'hello', data: { ...client.get().hello, serverTime: server.clock.now() + 7_000 } });
    expect(client.get().aheadMs).toBe(7_000);
  });
});

test('what we say of ourselves is ours at once', async () => {
  const server = createFakeServer();
  const client = await server.connected();
  server.on('person.update', (changed) => ({ ...client.get().me, ...changed }));
  await client.updateProfile({ statusText: 'On the water', timeZone: 'Europe/Berlin' });
  expect(client.get().me).toMatchObject({ statusText: 'On the water', timeZone: 'Europe/Berlin' });
});

test('memory is bounded: of what was opened before the last few conversations only the newest messages stay, and the rest can be read again', async () => {
  const server = createFakeServer();
  const ids = Array.from({ length: limits.wholeTimelines + 1 }, (_, n) => `c${n}`);
  const many = limits.keptMessages + 1;
  server.on('conversation.list', ({ archived }) => ({ items: archived ? [] : ids.map((id) => conversation(many, { id })), cursor: null }));
  server.on('message.list', ({ conversationId, before = many + 1 }) => ({
    items: Array.from({ length: Number(before) - 1 }, (_, n) => message(n + 1, { conversationId: String(conversationId) })),
    cursor: null,
  }));
  const client = await server.connected();
  const held = () => ids.map((id) => client.get().timelines.get(id)?.messages.length);
  for (const id of ids.slice(0, -1)) await client.openConversation(id);
  expect(held()).toEqual([...ids.slice(0, -1).map(() => many), undefined]);
  await client.openConversation(ids.at(-1) ?? '');
  expect(held()).toEqual([limits.keptMessages, ...ids.slice(1).map(() => many)]);
  expect(client.get().timelines.get('c0')?.hasOlder).toBe(true);
  for (let seq = many + 1; seq <= many + limits.keptMessages; seq++) server.push(created(seq, { conversationId: 'c0' }));
  expect(held()[0]).toBe(2 * limits.keptMessages);
  server.push(created(many + limits.keptMessages + 1, { conversationId: 'c0' }));
  expect(held()[0]).toBe(limits.keptMessages);
  await client.loadOlder('c0');
  expect(held()[0]).toBe(2 * limits.keptMessages + 2);
  // Went wrong: what was kept on the device was never opened, so it was cut under the eyes of whoever had scrolled up in it.
  server.push(created(many + limits.keptMessages + 2, { conversationId: 'c0' }));
  expect(held()[0]).toBe(2 * limits.keptMessages + 3);
});
