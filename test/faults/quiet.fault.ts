import { expect, test } from 'bun:test';
import { startServer } from '../support/server.ts';

test('a peer that says nothing for twice heartbeatMs is cut, one that answers pings stays', async () => {
  const server = await startServer({ config: { heartbeatMs: 4_000 } });
  const [ann, ben] = await Promise.all([server.person('Ann'), server.person('Ben')]);
  // The runtime of this client answers pings by itself, as browsers do.
  const alive = await ann.connect();
  const { hostname, port } = new URL(server.url);
  const closed = Promise.withResolvers<void>();
  const dead = await Bun.connect({ hostname, port: Number(port), socket: { data: () => undefined, close: () => closed.resolve() } });
  dead.write(
    [
      'GET /api/chat/ws HTTP/1.1',
      `Host: ${hostname}`,
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      `Authorization: Bearer ${ben.token}`,
      '\r\n',
    ].join('\r\n'),
  );
  while (server.app.connectionsOf(ben.userId) === 0) await new Promise((resolve) => setImmediate(resolve));
  await closed.promise;
  while (server.app.connectionsOf(ben.userId) > 0) await new Promise((resolve) => setImmediate(resolve));
  expect(await alive.call('person.me')).toMatchObject({ ok: true, data: { id: ann.userId } });
  await server.stop();
}, 30_000);
