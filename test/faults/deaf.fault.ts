import { afterEach, expect } from 'bun:test';
import { startProgram, type Program } from '../support/program.ts';
import type { Line } from '../support/line.ts';
import { openRawSocket } from '../support/raw-socket.ts';
import { connect } from '../support/socket.ts';
import { fault, levelOf } from './fault.ts';
import { createLoad } from './load.ts';

const DEAF = 20;
const UNREAD_MAX_BYTES = 2 * 1024 * 1024;
const DEADLINE_MS = 10_000;

let program: Program | null = null;
let lines: Line[] = [];
afterEach(async () => {
  for (const line of lines) line.destroy();
  lines = [];
  await program?.clear();
  program = null;
});

async function gauge({ url }: Program, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
}

fault(`${DEAF} sockets that never read are cut before they cost more than their share; others hear everything in order`, async () => {
  const env = {
    SOCKET_BACKPRESSURE_MAX_BYTES: String(UNREAD_MAX_BYTES),
    RATE_LIMITS: 'off',
    LOG_LEVEL: 'error',
    REQUEST_TIMEOUT_MS: String(DEADLINE_MS),
  };
  const running = (program = await startProgram({ env }));
  const load = await createLoad(running.url, 4, 'x'.repeat(2_000));
  const [ann, ben] = load.members;
  const ears = await connect(`${running.url.replace('http', 'ws')}/api/chat/ws`, { authorization: `Bearer ${ann?.token}` });
  await load.runAt(running.url, () => load.acknowledged.length >= 200);
  const before = levelOf(running);

  lines = await Promise.all(Array.from({ length: DEAF }, () => openRawSocket(running.port, ben?.token ?? '')));
  for (const line of lines) line.pause();
  expect(await gauge(running, 'chinwag_connections')).toBe(DEAF + 1);
  let mostUnread = 0;
  let mostKb = 0;
  let connected = DEAF + 1;
  const watching = async (): Promise<void> => {
    for (; connected > 1; connected = await gauge(running, 'chinwag_connections')) {
      mostUnread = Math.max(mostUnread, await gauge(running, 'chinwag_unread_bytes'));
      mostKb = Math.max(mostKb, levelOf(running).residentKb);
    }
  };
  await Promise.all([watching(), load.runAt(running.url, () => connected === 1)]);
  expect(mostUnread).toBeGreaterThan(UNREAD_MAX_BYTES);
  expect(mostUnread).toBeLessThanOrEqual(DEAF * UNREAD_MAX_BYTES);
  expect(mostKb * 1024).toBeLessThan(2 * before.residentKb * 1024 + DEAF * UNREAD_MAX_BYTES);
  expect([...load.refusals]).toEqual([]);

  await ears.everything();
  expect(ears.events.filter(({ type }) => type === 'message.created').map(({ data }) => data.seq)).toEqual(load.acknowledged.map((_, i) => i + 1));
  await ears.close();
  return { programs: [running], before, load, deadlineMs: DEADLINE_MS };
});
