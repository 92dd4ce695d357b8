import { afterEach, expect } from 'bun:test';
import { startProgram, type Program } from '../support/program.ts';
import { connect } from '../support/socket.ts';
import { fault, levelOf } from './fault.ts';
import { createLoad } from './load.ts';

const HEARTBEAT_MS = 4_000;

let program: Program | null = null;
afterEach(async () => {
  await program?.clear();
  program = null;
});

fault('a peer that says nothing for twice heartbeatMs is cut, one that answers pings stays', async () => {
  const running = (program = await startProgram({ env: { HEARTBEAT_MS: String(HEARTBEAT_MS), RATE_LIMITS: 'off' } }));
  const load = await createLoad(running.url, 2);
  await load.runAt(running.url, () => load.acknowledged.length >= 50);
  const [ann, ben] = load.members;
  const before = levelOf(running);
  // The runtime of this client answers pings by itself, as browsers do.
  const alive = await connect(`${running.url.replace('http', 'ws')}/api/chat/ws`, { authorization: `Bearer ${ann?.token}` });
  const [greeted, closed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const dead = await Bun.connect({
    hostname: '127.0.0.1',
    port: running.port,
    socket: { data: (_, bytes) => void (bytes.includes('"hello"') && greeted.resolve()), close: () => closed.resolve() },
  });
  dead.write(
    [
      'GET /api/chat/ws HTTP/1.1',
      'Host: localhost',
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      `Authorization: Bearer ${ben?.token}`,
      '\r\n',
    ].join('\r\n'),
  );
  await greeted.promise;
  await closed.promise;
  expect(await alive.call('person.me')).toMatchObject({ ok: true, data: { id: ann?.id } });
  await alive.close();
  return { programs: [running], before, load };
});
