import { afterEach, describe, expect, test } from 'bun:test';
import { readdirSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { signUp, startProgram, type Program } from '../support/program.ts';
import { createLoad, expectKept, until } from './load.ts';

const PEOPLE = 4;
const SLOW = 200;
const DEADLINE_MS = 5_000;
/** What is open for a moment beside the peers: keep-alive connections of this test and files of the database. */
const HANDLES_BESIDE = 64;
/** The allocator keeps what it had; a leak of a connection's buffers would be far above. */
const MEMORY_FACTOR = 2;

let program: Program | null = null;
let peers: Socket[] = [];
afterEach(async () => {
  for (const peer of peers) peer.destroy();
  peers = [];
  await program?.clear();
  program = null;
});

const handles = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;
const residentKb = (pid: number): number => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);

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
    test(`(${what}): others are served meanwhile, and nothing of them stays`, async () => {
      const running = (program = await startProgram({ env: { RATE_LIMITS: 'off', REQUEST_TIMEOUT_MS: String(DEADLINE_MS), LOG_LEVEL: 'error' } }));
      const { token } = await signUp(running.url, 'Slow');
      const load = await createLoad(running.url, PEOPLE);
      await load.runAt(running.url, () => load.acknowledged.length >= 200);
      const before = { handles: handles(running.pid), residentKb: residentKb(running.pid) };

      await Promise.all(Array.from({ length: SLOW }, () => dial(running.port, first(token))));
      await until(async () => (await fetch(`${running.url}/healthz`)).ok && handles(running.pid) >= before.handles + SLOW / 2);
      const wanted = load.acknowledged.length + 400;
      const said = BODY[Symbol.iterator]();
      // One byte more of everybody with every message of the others.
      await load.runAt(running.url, () => {
        const byte = said.next().value;
        for (const peer of peers) if (byte !== undefined && !peer.destroyed) peer.write(byte === '}' ? ' ' : byte);
        return load.acknowledged.length >= wanted;
      });
      expect([...load.refusals]).toEqual([]);
      expect(load.slowestMs).toBeLessThan(DEADLINE_MS);

      for (const peer of peers) peer.destroy();
      await until(async () => (await fetch(`${running.url}/healthz`)).ok && handles(running.pid) <= before.handles + HANDLES_BESIDE);
      expect(residentKb(running.pid)).toBeLessThan(MEMORY_FACTOR * before.residentKb);
      await expectKept(load, running.url);
      expect(await running.end()).toBe(0);
    });
  }
});
