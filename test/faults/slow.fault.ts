import { afterEach, describe, expect } from 'bun:test';
import { connect, type Socket } from 'node:net';
import { signUp, startProgram, type Program } from '../support/program.ts';
import { fault, levelOf } from './fault.ts';
import { createLoad, until } from './load.ts';

const PEOPLE = 4;
const SLOW = 200;
const DEADLINE_MS = 5_000;

let program: Program | null = null;
let peers: Socket[] = [];
afterEach(async () => {
  for (const peer of peers) peer.destroy();
  peers = [];
  await program?.clear();
  program = null;
});

async function dial(port: number, first: string): Promise<Socket> {
  const peer = connect(port, '127.0.0.1');
  peers.push(peer);
  peer.on('error', () => undefined);
  await new Promise((resolve) => peer.once('connect', resolve));
  peer.write(first);
  return peer;
}

const BODY = JSON.stringify({ content: 'never said to the end' });
const starts = {
  headers: () => 'GET /api/chat/me HTTP/1.1\r\nHost: localhost\r\nX-Slow: ',
  bodies: (token: string) =>
    `POST /api/chat/conversations HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n`,
};

describe('Peers that say their request byte by byte', () => {
  for (const [what, first] of Object.entries(starts)) {
    fault(`(${what}): others are served meanwhile, and nothing of them stays`, async () => {
      const running = (program = await startProgram({ env: { RATE_LIMITS: 'off', REQUEST_TIMEOUT_MS: String(DEADLINE_MS), LOG_LEVEL: 'error' } }));
      const { token } = await signUp(running.url, 'Slow');
      const load = await createLoad(running.url, PEOPLE);
      await load.runAt(running.url, () => load.acknowledged.length >= 200);
      const before = levelOf(running);

      await Promise.all(Array.from({ length: SLOW }, () => dial(running.port, first(token))));
      await until(async () => (await fetch(`${running.url}/healthz`)).ok && levelOf(running).handles >= before.handles + SLOW / 2);
      const wanted = load.acknowledged.length + 400;
      const said = BODY[Symbol.iterator]();
      // One byte more of everybody with every message of the others.
      await load.runAt(running.url, () => {
        const byte = said.next().value;
        for (const peer of peers) if (byte !== undefined && !peer.destroyed) peer.write(byte === '}' ? ' ' : byte);
        return load.acknowledged.length >= wanted;
      });
      expect([...load.refusals]).toEqual([]);
      for (const peer of peers) peer.destroy();
      return { programs: [running], before, load, deadlineMs: DEADLINE_MS };
    });
  }
});
