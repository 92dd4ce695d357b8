import { describe, expect, test } from 'bun:test';
import type { Client } from '../../src/client/index.ts';
import { limits } from '../../src/client/limits.ts';
import { createMemoryStorage, type Storage } from '../../src/client/storage.ts';
import { ann, conversation, createFakeServer, created, deferred, me, message, quiet, Refusal, type FakeServer } from './fake-server.ts';

/** A device on which one page after another is open, with Ann signed in and a conversation of two messages. */
function createDevice(server: FakeServer = createFakeServer(), storage: Storage = createMemoryStorage()) {
  server.on('conversation.list', ({ archived }) => ({ items: archived ? [] : [conversation(2)], cursor: null }));
  server.on('message.list', () => ({ items: [message(1), message(2)], cursor: null }));
  const page = (token = 'secret'): Client => server.client(token, { openStorage: () => storage });

  async function online(client: Client): Promise<Client> {
    await client.start();
    await quiet();
    server.hello();
    await quiet();
    return client;
  }

  return {
    server,
    page,
    online,
    /** A page that is closed again when it has seen everything and the person has done this. */
    async visit(act: (client: Client) => unknown): Promise<Client> {
      const client = await online(page());
      await client.openConversation('c');
      await act(client);
      server.clock.advance(1_000);
      await quiet();
      client.stop();
      await quiet();
      return client;
    },
  };
}

const contents = (client: Client) =>
  client
    .get()
    .timelines.get('c')
    ?.messages.map(({ content }) => content);
const outbox = (client: Client) => (client.get().outbox.get('c') ?? []).map(({ content, status }) => `${content} ${status}`);
const stored = (seq: number, data: Record<string, unknown>) =>
  message(seq, { sender: ann, clientId: String(data['clientId']), content: String(data['content']) });

describe('after a reload', () => {
  test('the chat is there before the server has answered, and syncs from where it was', async () => {
    const device = createDevice();
    const before = await device.visit(() => device.server.push(created(3)));
    const after = device.page();
    device.server.up = false;
    await after.start();
    const { session, me: shown, conversations, held, timelines, connection } = after.get();
    expect([session, shown, connection.state]).toEqual(['signed-in', me, 'waiting']);
    expect([conversations, held, timelines]).toEqual([before.get().conversations, before.get().held, before.get().timelines]);
    await after.openConversation('c');
    expect(contents(after)).toEqual(['message 1', 'message 2', 'message 3']);

    device.server.up = true;
    device.server.clock.advance(1_000);
    await quiet();
    device.server.hello();
    await quiet();
    expect(device.server.inputs('sync').at(-1)).toEqual({ epoch: 'e1', conversations: { c: 4 } });
    expect(after.get()).toMatchObject({ synced: true, keeping: 'working' });
  });

  test('what was not sent waits in its order, and goes out once under its names', async () => {
    const device = createDevice();
    const { server } = device;
    await device.visit((client) => {
      server.up = false;
      server.drop();
      for (const content of ['one', 'two', 'three']) client.send('c', { content });
    });
    const after = device.page();
    await after.start();
    expect(outbox(after)).toEqual(['one pending', 'two pending', 'three pending']);
    server.up = true;
    let seq = 2;
    server.on('message.send', (data) => stored(++seq, data));
    server.clock.advance(1_000);
    await quiet();
    server.hello();
    await quiet();
    expect([outbox(after), contents(after)?.slice(2)]).toEqual([[], ['one', 'two', 'three']]);
    const names = new Set(server.inputs('message.send').map(({ clientId }) => clientId));
    expect([names.size, server.inputs('message.send').length]).toEqual([3, 3]);
    after.stop();
    const later = device.page();
    await later.start();
    expect(outbox(later)).toEqual([]);
  });

  test('what failed is still there to be sent again or discarded', async () => {
    const device = createDevice();
    device.server.on('message.send', () => {
      throw new Refusal('forbidden');
    });
    const before = await device.visit(async (client) => {
      client.send('c', { content: 'no' });
      await quiet();
    });
    const after = await device.online(device.page());
    expect(outbox(after)).toEqual(['no failed']);
    device.server.on('message.send', (data) => stored(3, data));
    after.retry('c', before.get().outbox.get('c')?.[0]?.clientId ?? '');
    await quiet();
    expect([outbox(after), contents(after)?.at(-1)]).toEqual([[], 'no']);
  });

  test('what was read offline is told, because the server does not know it', async () => {
    const device = createDevice();
    const { server } = device;
    server.on('read.mark', () => ({}));
    await device.visit((client) => {
      server.push(created(3));
      server.up = false;
      server.drop();
      client.markRead('c', 3);
    });
    server.up = true;
    const { membership, receipts, peer, capabilities } = conversation(3, { membership: { ...conversation(2).membership, unread: 1 } });
    const marks = { c: { membership: { ...membership, readSeq: 2 }, receipts, peer, capabilities } };
    server.on('sync', () => ({ epoch: 'e1', conversations: [], messages: {}, removed: [], marks, hidden: {}, complete: true }));
    const after = await device.online(device.page());
    expect(server.inputs('read.mark').at(-1)).toEqual({ conversationId: 'c', seq: 3 });
    expect(after.get().conversations.get('c')?.membership.unread).toBe(0);
  });

  test('only so many messages are kept, and older ones can be read', async () => {
    const device = createDevice();
    const { server } = device;
    await device.visit(() => {
      for (let seq = 3; seq <= limits.keptMessages + 1; seq++) server.push(created(seq));
    });
    server.up = false;
    const after = device.page();
    await after.start();
    expect(after.get().timelines.get('c')).toMatchObject({ hasOlder: true, messages: { length: limits.keptMessages } });
    expect(contents(after)?.[0]).toBe('message 2');
  });

  test('a stretch of the past is not kept, because nothing joins it to what comes', async () => {
    const device = createDevice();
    device.server.on('message.list', ({ around }) => ({ items: around ? [message(1)] : [message(2)], cursor: around ? null : 'older' }));
    const before = await device.visit((client) => client.openAround('c', 1));
    expect(before.get().timelines.get('c')?.hasNewer).toBe(true);
    device.server.up = false;
    const after = device.page();
    await after.start();
    expect([after.get().conversations.has('c'), after.get().timelines.has('c')]).toEqual([true, false]);
  });

  test('after very long away a history begins anew instead of being filled up', async () => {
    const device = createDevice();
    const { server } = device;
    await device.visit(() => {});
    const far = conversation(3 + limits.gapMessages);
    server.on('sync', () => ({
      epoch: 'e1',
      conversations: [far],
      messages: { c: { items: [message(3)], complete: false } },
      removed: [],
      marks: {},
      hidden: {},
      complete: true,
    }));
    const after = await device.online(device.page());
    expect([after.get().timelines.has('c'), after.get().held.get('c'), server.inputs('conversation.changes')]).toEqual([false, far.rev, []]);
  });
});

describe('what is kept', () => {
  test('is not shown with the token of somebody else, and is gone when the server confirms it', async () => {
    const device = createDevice();
    await device.visit((client) => {
      device.server.up = false;
      device.server.drop();
      client.send('c', { content: 'secret' });
    });
    const other = device.page('another token');
    await other.start();
    expect(other.get()).toMatchObject({ session: 'unknown', me: null, conversations: { size: 0 } });
    device.server.on('GET /api/chat/me', () => ({ ...me, id: 'bob' }));
    device.server.up = true;
    device.server.clock.advance(1_000);
    await quiet();
    expect(outbox(other)).toEqual([]);
    device.server.on('GET /api/chat/me', () => me);
    other.stop();
    const again = device.page();
    await again.start();
    expect([again.get().conversations.size, outbox(again)]).toEqual([0, []]);
  });

  test('is shown before the server was asked, but nothing is said with it in the name of whoever it then turns out to be', async () => {
    const device = createDevice();
    const { server } = device;
    await device.visit(() => server.push(created(3)));
    const asked = deferred<unknown>();
    server.on('GET /api/chat/me', () => asked.promise);
    const after = device.page();
    const before = server.asked.length;
    void after.start();
    await quiet();
    expect(after.get().me?.id).toBe(me.id);
    after.markRead('c', 3);
    after.send('c', { content: 'mine' });
    const refused = after.call('message.edit', { messageId: 'm1', content: 'x' }).catch((error: unknown) => error);
    await quiet();
    asked.resolve({ ...me, id: 'bob' });
    expect(await refused).toMatchObject({ code: 'disconnected' });
    await quiet();
    expect(server.asked.slice(before).map(({ type }) => type)).toEqual(['GET /api/chat/me']);
    expect(after.get()).toMatchObject({ me: { id: 'bob' }, conversations: { size: 0 }, outbox: { size: 0 } });
  });

  test('lets what is asked meanwhile wait for the answer', async () => {
    const device = createDevice();
    const { server } = device;
    await device.visit(() => server.push(created(3)));
    const asked = deferred<unknown>();
    server.on('GET /api/chat/me', () => asked.promise);
    server.on('PUT /api/chat/conversations/c/read', () => ({}));
    const after = device.page();
    void after.start();
    await quiet();
    after.markRead('c', 3);
    asked.resolve(me);
    await quiet();
    expect(server.asked.map(({ type }) => type)).toContain('PUT /api/chat/conversations/c/read');
  });

  test('holds no token', async () => {
    const storage = createMemoryStorage();
    const device = createDevice(createFakeServer(), storage);
    const client = device.page('a token of hers');
    await device.online(client);
    client.stop();
    await quiet();
    const kept = await storage.transact(async (tx) => [await tx.getAll('owner'), await tx.getAll('person'), await tx.getAll('conversations')]);
    expect(kept).toMatchObject([[{ userId: 'ann', credential: expect.stringMatching(/^hash [0-9a-f]{64}$/) }], [{ me }], [{ rev: 3 }]]);
    expect(JSON.stringify(kept)).not.toContain('a token of hers');
  });

  test('is wiped with the sign-out', async () => {
    const device = createDevice();
    device.server.on('POST /api/auth/sign-out', () => ({}));
    device.server.on('message.send', () => {
      throw new Refusal('forbidden');
    });
    await device.visit(async (client) => {
      client.send('c', { content: 'one' });
      await quiet();
      await client.signOut();
    });
    device.server.up = false;
    const after = device.page();
    await after.start();
    expect([after.get().session, after.get().me, after.get().outbox.size]).toEqual(['unknown', null, 0]);
  });

  // Went wrong: who reloaded at once after signing out was shown the list of conversations once more.
  test('is gone before anybody is told that they are signed out, and from the screen before that', async () => {
    const memory = createMemoryStorage();
    const wiping = deferred<void>();
    let hold = false;
    const device = createDevice(createFakeServer(), {
      transact: (work) => (hold ? wiping.promise : Promise.resolve()).then(() => memory.transact(work)),
    });
    device.server.on('POST /api/auth/sign-out', () => ({}));
    await device.visit(async (client) => {
      hold = true;
      const out = client.signOut();
      await quiet();
      expect([client.get().session, client.get().me, client.get().conversations.size]).toEqual(['unknown', null, 0]);
      wiping.resolve();
      await out;
      expect(client.get().session).toBe('signed-out');
    });
  });

  test('of a session that ended is only what was not sent, for the same person', async () => {
    const device = createDevice();
    const { server } = device;
    await device.visit((client) => {
      server.up = false;
      server.drop();
      client.send('c', { content: 'one' });
    });
    server.up = true;
    server.on('GET /api/chat/me', () => {
      throw new Refusal('unauthenticated');
    });
    const ended = device.page();
    await ended.start();
    expect(ended.get()).toMatchObject({ session: 'signed-out', conversations: { size: 0 }, outbox: { size: 0 } });
    server.on('GET /api/chat/me', () => me);
    const back = device.page();
    await back.start();
    expect(outbox(back)).toEqual(['one pending']);
  });

  test('of data that was restored on the server is worth nothing, except what was not sent', async () => {
    const device = createDevice();
    const { server } = device;
    await device.visit((client) => {
      server.push(created(3));
      server.up = false;
      server.drop();
      client.send('c', { content: 'one' });
    });
    Object.assign(server, { up: true, epoch: 'e2' });
    server.on('message.send', (data) => stored(3, data));
    const after = await device.online(device.page());
    expect(server.inputs('message.send').map(({ content }) => content)).toContain('one');
    expect(after.get().timelines.has('c')).toBe(false);
    server.clock.advance(1_000);
    await quiet();
    after.stop();
    server.up = false;
    const later = device.page();
    await later.start();
    expect([later.get().epoch, later.get().conversations.get('c')?.lastSeq]).toEqual(['e2', 3]);
  });

  test('is nothing where the device refuses: the client works without, and says so', async () => {
    const refusing: Storage = { transact: () => Promise.reject(new Error('QuotaExceededError')) };
    const device = createDevice(createFakeServer(), refusing);
    const client = await device.visit(() => {});
    expect(contents(client)).toEqual(['message 1', 'message 2']);
    expect(client.get().keeping).toBe('failed');
  });
});
