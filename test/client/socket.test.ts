import { describe, expect, test } from 'bun:test';
import { closeCodes } from '../../src/wire/errors.ts';
import { createFakeServer, deferred, quiet, Refusal } from './fake-server.ts';

describe('the connection', () => {
  test('speaks chinwag.v1 and shows its token in a header, never in the address', async () => {
    const server = createFakeServer();
    await server.connected();
    const [connection] = server.connections;
    expect(connection?.url).toBe('wss://chat.test/api/chat/ws');
    expect(connection?.protocol).toBe('chinwag.v1');
    expect(connection?.headers).toEqual({ authorization: 'Bearer secret' });
  });

  test('in a browser takes a ticket where there is a token', async () => {
    const server = createFakeServer();
    server.ports.browser = true;
    server.on('POST /api/chat/ws-ticket', () => ({ ticket: 'once only', expiresAt: 0 }));
    await server.client().start();
    await quiet();
    expect(server.connections[0]?.url).toBe('wss://chat.test/api/chat/ws?ticket=once%20only');
    expect(server.connections[0]?.headers).toEqual({});
  });

  test('keeps the heart beating as often as the server wants it', async () => {
    const server = createFakeServer();
    await server.connected();
    const pings = (): number => server.connections[0]?.sent.filter((text) => text === '{"type":"ping"}').length ?? 0;
    const before = pings();
    server.clock.advance(120_000);
    expect(pings() - before).toBeGreaterThanOrEqual(4);
    expect(server.connections).toHaveLength(1);
  });

  test('is given up when the server stays silent for a beat', async () => {
    const server = createFakeServer();
    const client = await server.connected();
    server.deaf = true;
    server.clock.advance(60_000);
    await quiet();
    expect(client.get().connection.state).toBe('connecting');
    expect(server.connections).toHaveLength(2);
  });

  test('comes back after pauses that double, each half fixed and half random', async () => {
    const server = createFakeServer();
    const client = await server.connected();
    server.up = false;
    server.drop();
    const pauses: number[] = [];
    for (let i = 0; i < 9; i++) {
      const { connection } = client.get();
      if (connection.state !== 'waiting') throw new Error(connection.state);
      pauses.push(connection.retryAt - server.clock.now());
      server.clock.advance(connection.retryAt - server.clock.now());
      await quiet();
    }
    expect(pauses).toEqual([150, 300, 600, 1200, 2400, 4800, 9600, 10_000, 10_000]);
  });

  test('does not hurry back when the connection lasted for a moment only', async () => {
    const server = createFakeServer();
    const client = await server.connected();
    for (let i = 0; i < 3; i++) {
      server.drop(4008);
      const { connection } = client.get();
      if (connection.state !== 'waiting') throw new Error(connection.state);
      expect(connection.retryAt - server.clock.now()).toBe(150 * 2 ** i);
      server.clock.advance(10_000);
      await quiet();
      server.hello();
      await quiet();
    }
  });

  test.each([
    ['{"retryAfterMs":4000}', 4000],
    ['{"retryAfter":2.5}', 2500],
    ['restart', 150],
  ])('waits as long as a restarting server asks: %s', async (reason, waitMs) => {
    const server = createFakeServer();
    const client = await server.connected();
    server.drop(1012, reason);
    const { connection } = client.get();
    expect(connection).toEqual({ state: 'waiting', retryAt: server.clock.now() + waitMs });
  });

  test.each(Object.entries(closeCodes))('after the close code %s does what the table says', async (code, { reconnect, name }) => {
    const server = createFakeServer();
    const client = await server.connected();
    server.drop(Number(code));
    expect(client.get().connection).toMatchObject(reconnect ? { state: 'waiting' } : { state: 'ended', reason: name });
    server.clock.advance(60_000);
    await quiet();
    expect(server.connections).toHaveLength(reconnect ? 2 : 1);
    const signedOut = [4001, 4003, 4010].includes(Number(code));
    expect(client.get().session).toBe(signedOut ? 'signed-out' : 'signed-in');
  });

  test('comes back at once when the network does', async () => {
    const server = createFakeServer();
    const client = await server.connected();
    server.drop();
    server.wake();
    await quiet();
    server.hello();
    expect(client.get().connection.state).toBe('online');
  });

  test('finds out within seconds of waking up that nobody is there any longer', async () => {
    const server = createFakeServer();
    const client = await server.connected();
    server.deaf = true;
    server.wake();
    server.clock.advance(5_000);
    expect(client.get().connection.state).toBe('waiting');
  });

  test('rejects what waits for an answer when it is lost', async () => {
    const server = createFakeServer();
    const client = await server.connected();
    server.on('person.me', () => deferred().promise);
    const asking = client.call('person.me', {});
    server.drop();
    await expect(asking).rejects.toMatchObject({ code: 'disconnected', retryable: true });
  });

  test('tells the error of a command with its code, and whether trying again makes sense', async () => {
    const server = createFakeServer();
    const client = await server.connected();
    server.on('person.me', () => {
      throw new Refusal('rate_limited', 3);
    });
    await expect(client.call('person.me', {})).rejects.toMatchObject({ code: 'rate_limited', retryable: true, retryAfterMs: 3000 });
  });

  test('commands go over HTTP while the socket is away', async () => {
    const server = createFakeServer();
    const client = await server.connected();
    server.drop();
    server.asked.length = 0;
    await client.call('person.me', {});
    expect(server.asked.map(({ door, type }) => [door, type])).toEqual([['http', 'GET /api/chat/me']]);
  });

  test('an event of an unknown type does no harm', async () => {
    const server = createFakeServer();
    const client = await server.connected();
    const before = client.get();
    server.frame({ type: 'weather.changed', data: {} });
    server.frame({ type: 'whatever' });
    server.frame([]);
    expect(client.get()).toBe(before);
  });
});
