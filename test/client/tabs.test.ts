import { describe, expect, test } from 'bun:test';
import type { Client } from '../../src/client/index.ts';
import { createMemoryStorage } from '../../src/client/storage.ts';
import { createBrowser } from '../support/tabs.ts';
import { ann, conversation, createFakeServer, created, deferred, me, message, quiet, Refusal, type FakeServer } from './fake-server.ts';

/** Tabs of one browser, all at the conversation of two messages. */
async function createWindow(count: number) {
  const server = createFakeServer();
  const browser = createBrowser();
  const storage = createMemoryStorage();
  server.on('conversation.list', ({ archived }) => ({ items: archived ? [] : [conversation(2)], cursor: null }));
  server.on('message.list', () => ({ items: [message(1), message(2)], cursor: null }));

  async function open() {
    const tab = browser.openTab();
    const client = server.client('secret', { tabs: tab.port, openStorage: () => storage });
    void client.start();
    await quiet();
    return { ...tab, client };
  }

  const tabs = [await open()];
  server.hello();
  await quiet();
  while (tabs.length < count) tabs.push(await open());
  for (const { client } of tabs) await client.openConversation('c');
  await quiet();
  return { server, open, tabs: tabs as [Tab, Tab, ...Tab[]] };
}
type Tab = ReturnType<ReturnType<typeof createBrowser>['openTab']> & { client: Client };

const contents = ({ client }: Tab) =>
  client
    .get()
    .timelines.get('c')
    ?.messages.map(({ content }) => content);
const outbox = ({ client }: Tab) => (client.get().outbox.get('c') ?? []).map(({ content, status }) => `${content} ${status}`);
const unread = ({ client }: Tab) => client.get().conversations.get('c')?.membership.unread;
const stored = (seq: number, data: Record<string, unknown>) =>
  message(seq, { sender: ann, clientId: String(data['clientId']), content: String(data['content']) });
const syncedTo = (lastSeq: number, items: ReturnType<typeof message>[]) => ({
  epoch: 'e1',
  conversations: [conversation(lastSeq)],
  messages: { c: { items, complete: true } },
  removed: [],
  marks: {},
  hidden: {},
  complete: true,
});

describe('two tabs', () => {
  test('share one socket, and both hear what it brings', async () => {
    const { server, tabs } = await createWindow(2);
    expect(server.connections).toHaveLength(1);
    server.push(created(3));
    await quiet();
    expect(tabs.map(contents)).toEqual([0, 1].map(() => ['message 1', 'message 2', 'message 3']));
    expect(tabs.map(({ client }) => client.get().connection.state)).toEqual(['online', 'online']);
    server.clock.advance(1_000);
    await quiet();
    expect(server.inputs('delivered.mark')).toHaveLength(1);
  });

  test('know the time of the server, however late they came', async () => {
    const { server, tabs, open } = await createWindow(2);
    server.clock.advance(10_000);
    const late = await open();
    expect([tabs[0], tabs[1], late].map(({ client }) => client.get().aheadMs)).toEqual([0, 0, 0]);
  });

  test('call through the one that leads, and hear why they are refused', async () => {
    const { server, tabs } = await createWindow(2);
    server.on('message.edit', () => {
      throw new Refusal('forbidden', 3);
    });
    const refused = await tabs[1].client.call('message.edit', { messageId: 'm1', content: 'x' }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ name: 'ChinwagError', code: 'forbidden', retryAfterMs: 3_000, requestId: 'r' });
    expect(server.asked.filter(({ type }) => type === 'message.edit').map(({ door }) => door)).toEqual(['socket']);
  });

  test('show what either writes, in one order, and it leaves once', async () => {
    const { server, tabs } = await createWindow(2);
    const first = deferred<unknown>();
    server.on('message.send', () => first.promise);
    tabs[1].client.send('c', { content: 'one' });
    await quiet();
    tabs[0].client.send('c', { content: 'two' });
    await quiet();
    expect(tabs.map(outbox)).toEqual([0, 1].map(() => ['one pending', 'two pending']));
    let seq = 2;
    server.on('message.send', (data) => stored(++seq, data));
    first.resolve(stored(++seq, server.inputs('message.send')[0] ?? {}));
    await quiet();
    expect(tabs.map(contents)).toEqual([0, 1].map(() => ['message 1', 'message 2', 'one', 'two']));
    expect(tabs.map(outbox)).toEqual([[], []]);
    expect(server.inputs('message.send').map(({ content }) => content)).toEqual(['one', 'two']);
  });

  test('send what was written in one before it had found the other', async () => {
    const { server, tabs, open } = await createWindow(2);
    server.on('message.send', (data) => stored(3, data));
    const slow = deferred<unknown>();
    server.on('GET /api/chat/me', () => slow.promise);
    const third = await open();
    third.client.send('c', { content: 'early' });
    await quiet();
    expect([outbox(third), tabs.map(outbox)]).toEqual([['early pending'], [[], []]]);
    slow.resolve(me);
    await quiet();
    expect([outbox(third), ...tabs.map(contents).map((texts) => texts?.at(-1))]).toEqual([[], 'early', 'early']);
  });

  /** The other tab announces what waits when the leading one wakes, which it does here as soon as nothing waits. */
  function wakeWhenOver(server: FakeServer, [leading]: readonly [Tab, ...Tab[]]): void {
    const stop = leading.client.subscribe(() => {
      if (outbox(leading).length > 0) return;
      stop();
      server.wake();
    });
  }

  function expectSentOnce(server: FakeServer, tabs: readonly Tab[], content: string): void {
    expect(tabs.map((tab) => ({ waits: outbox(tab), last: contents(tab)?.at(-1) }))).toEqual(tabs.map(() => ({ waits: [], last: content })));
    expect(server.inputs('message.send')).toHaveLength(1);
  }

  // Went wrong: it was shown beside its message, as one that waits, and left once more.
  test('know what was answered, however late another one tells of it', async () => {
    const { server, tabs } = await createWindow(2);
    server.on('message.send', (data) => stored(3, data));
    tabs[1].client.send('c', { content: 'one' });
    wakeWhenOver(server, tabs);
    await quiet();
    expectSentOnce(server, tabs, 'one');
  });

  test('know what a sync brought, however late another one tells of it', async () => {
    const { server, tabs } = await createWindow(2);
    server.on('message.send', () => deferred().promise);
    const { clientId } = tabs[1].client.send('c', { content: 'one' });
    await quiet();
    server.on('sync', () => syncedTo(3, [stored(3, { clientId, content: 'one' })]));
    server.drop();
    await quiet();
    wakeWhenOver(server, tabs);
    server.wake();
    await quiet();
    server.hello();
    await quiet();
    expectSentOnce(server, tabs, 'one');
  });

  test('know what is discarded, however late another one tells of it', async () => {
    const { server, tabs } = await createWindow(2);
    server.on('message.send', () => deferred().promise);
    tabs[1].client.send('c', { content: 'one' });
    const { clientId } = tabs[1].client.send('c', { content: 'two' });
    await quiet();
    server.wake();
    tabs[0].client.discard('c', clientId);
    await quiet();
    expect(tabs.map(outbox)).toEqual([['one pending'], ['one pending']]);
  });

  test('agree about what failed, and either may discard it', async () => {
    const { server, tabs } = await createWindow(2);
    server.on('message.send', () => {
      throw new Refusal('forbidden');
    });
    const { clientId } = tabs[1].client.send('c', { content: 'no' });
    await quiet();
    expect(tabs.map(outbox)).toEqual([['no failed'], ['no failed']]);
    tabs[1].client.discard('c', clientId);
    await quiet();
    expect(tabs.map(outbox)).toEqual([[], []]);
  });

  test('read together, also without a connection', async () => {
    const { server, tabs } = await createWindow(2);
    server.push(created(3));
    await quiet();
    server.up = false;
    server.drop();
    await quiet();
    expect(tabs.map(unread)).toEqual([1, 1]);
    tabs[1].client.markRead('c', 3);
    await quiet();
    expect(tabs.map(unread)).toEqual([0, 0]);
    server.up = true;
    server.wake();
    await quiet();
    server.hello();
    await quiet();
    expect(server.inputs('read.mark')).toContainEqual({ conversationId: 'c', seq: 3 });
  });

  test('watch together those whom either looks at', async () => {
    const { server, tabs } = await createWindow(2);
    server.on('presence.watch', ({ userIds }) => ({
      items: (userIds as string[]).map((userId) => ({ userId, status: 'online', lastActiveAt: null })),
      cursor: null,
    }));
    tabs[0].client.watch(['carl']);
    const stop = tabs[1].client.watch(['dora']);
    await quiet();
    expect(server.inputs('presence.watch').at(-1)?.userIds.toSorted()).toEqual(['carl', 'dora']);
    expect(tabs[1].client.get().presence.get('dora')?.status).toBe('online');
    stop();
    await quiet();
    expect(server.inputs('presence.watch').at(-1)?.userIds).toEqual(['carl']);
  });

  test('sign out together', async () => {
    const { server, tabs } = await createWindow(2);
    server.on('POST /api/auth/sign-out', () => ({}));
    await tabs[1].client.signOut();
    await quiet();
    expect(tabs.map(({ client }) => client.get())).toMatchObject([0, 1].map(() => ({ session: 'signed-out', conversations: { size: 0 } })));
  });

  test('are told together when the session ends', async () => {
    const { server, tabs } = await createWindow(2);
    server.drop(4010);
    await quiet();
    expect(tabs.map(({ client }) => client.get().session)).toEqual(['signed-out', 'signed-out']);
  });
});

describe('when the leading tab closes', () => {
  test('the next one connects at once and syncs', async () => {
    const { server, tabs } = await createWindow(3);
    tabs[0].close();
    await quiet();
    expect(server.connections).toHaveLength(2);
    server.hello();
    await quiet();
    expect(server.inputs('sync').at(-1)).toEqual({ epoch: 'e1', conversations: { c: 3 } });
    server.push(created(3));
    await quiet();
    expect(tabs.slice(1).map(contents)).toEqual([0, 1].map(() => ['message 1', 'message 2', 'message 3']));
  });

  test('what it was sending and what waited behind it is sent by the next one, under the same names', async () => {
    const { server, tabs } = await createWindow(2);
    server.on('message.send', () => deferred().promise);
    const names = ['one', 'two'].map((content) => tabs[0].client.send('c', { content }).clientId);
    await quiet();
    let seq = 2;
    server.on('message.send', (data) => stored(++seq, data));
    tabs[0].close();
    await quiet();
    server.hello();
    await quiet();
    expect([outbox(tabs[1]), contents(tabs[1])?.slice(2)]).toEqual([[], ['one', 'two']]);
    expect(server.inputs('message.send').map(({ clientId }) => clientId)).toEqual([names[0], names[0], names[1]] as string[]);
  });

  test('a call that went through it is given up, not left waiting', async () => {
    const { server, tabs } = await createWindow(2);
    server.on('message.edit', () => deferred().promise);
    const asked = tabs[1].client.call('message.edit', { messageId: 'm1', content: 'x' }).catch((error: unknown) => error);
    await quiet();
    tabs[0].close();
    expect(await asked).toMatchObject({ code: 'disconnected' });
  });
});

describe('a leading tab that the browser froze', () => {
  test('loses the lead to one that needs it, and follows when it wakes', async () => {
    const { server, tabs } = await createWindow(2);
    server.on('message.send', (data) => stored(3, data));
    tabs[0].freeze(true);
    const { clientId } = tabs[1].client.send('c', { content: 'hello?' });
    await quiet();
    server.clock.advance(2_000);
    await quiet();
    server.hello();
    await quiet();
    expect([server.connections.length, contents(tabs[1])?.at(-1)]).toEqual([2, 'hello?']);
    tabs[0].freeze(false);
    server.push(created(3, { sender: ann, clientId, content: 'hello?' }));
    server.push(created(4));
    await quiet();
    expect(server.connections).toHaveLength(2);
    expect(contents(tabs[1])?.at(-1)).toBe('message 4');
  });

  test('that missed something while it followed asks for it', async () => {
    const { server, tabs } = await createWindow(2);
    const synced = server.inputs('sync').length;
    tabs[1].freeze(true);
    server.push(created(3));
    await quiet();
    tabs[1].freeze(false);
    server.on('sync', () => syncedTo(3, [message(3)]));
    server.wake();
    await quiet();
    expect(server.inputs('sync')).toHaveLength(synced + 1);
    expect(contents(tabs[1])?.at(-1)).toBe('message 3');
  });

  test('and goes on before another one took over is told what it has missed', async () => {
    const { server, tabs } = await createWindow(2);
    server.on('message.send', (data) => stored(3, data));
    tabs[0].freeze(true);
    tabs[1].client.send('c', { content: 'hello?' });
    await quiet();
    tabs[0].freeze(false);
    server.wake();
    await quiet();
    expect([server.connections.length, outbox(tabs[1]), contents(tabs[0])?.at(-1)]).toEqual([1, [], 'hello?']);
  });

  test('while another one was opened welcomes that one, too', async () => {
    const { server, tabs, open } = await createWindow(2);
    tabs[0].freeze(true);
    const third = await open();
    expect(third.client.get().synced).toBe(false);
    tabs[0].freeze(false);
    server.wake();
    await quiet();
    expect(third.client.get()).toMatchObject({ synced: true, connection: { state: 'online' } });
    expect(server.connections).toHaveLength(1);
  });

  // Went wrong: the first event that one hears is the first of all, so nothing seemed to be missing, and it stayed without a connection.
  test('and passed on an event before it heard of that one is asked again', async () => {
    const { server, tabs, open } = await createWindow(2);
    tabs[0].freeze(true);
    const third = await open();
    server.push(created(3));
    await quiet();
    tabs[0].freeze(false);
    server.push(created(4));
    await quiet();
    expect(third.client.get()).toMatchObject({ synced: true, connection: { state: 'online' } });
  });
});
