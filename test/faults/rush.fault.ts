import { afterEach, expect } from 'bun:test';
import { readFileSync } from 'node:fs';
import { JWT_SECRET, tokenOf } from '../support/host-app.ts';
import { startProgram, type Program } from '../support/program.ts';
import { fault, levelOf } from './fault.ts';
import { createLoad, until, type Load } from './load.ts';
import { rush, type Rush } from './rush.ts';

const PEOPLE = 4_000;
/** Files that this process needs besides. */
const OTHER_FILES = 500;
/** For so many of them there is room. */
const ROOM = 0.8;
const DEADLINE_MS = 10_000;
/** Until the last of them is let in: they wait for their turn, and others are served in between. */
const LONGEST_MS = 50_000;

const filesMax = Number(/^Max open files\s+\S+\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? Infinity);
const sockets = Math.min(10_000, filesMax - OTHER_FILES);
const room = Math.floor(ROOM * sockets);

let program: Program | null = null;
let crowd: Rush | null = null;
afterEach(async () => {
  crowd?.hangUp();
  crowd = null;
  await program?.clear();
  program = null;
});

fault(
  `${sockets} sockets opened in the same moment: ${room} are let in, the others refused, those who were there are served, and nothing stays`,
  async () => {
    const env = { SOCKET_CONNECTIONS_MAX: String(room), JWT_SECRET, RATE_LIMITS: 'off', LOG_LEVEL: 'error', REQUEST_TIMEOUT_MS: String(DEADLINE_MS) };
    const running = (program = await startProgram({ env }));
    const load = await createLoad(running.url, 4);
    const people = await Promise.all(Array.from({ length: PEOPLE }, (_, n) => tokenOf(`Person-${n}`)));
    const tokens = Array.from({ length: sockets }, (_, n) => people[n % PEOPLE] ?? '');
    // The first time also makes the people, and fills what remembers them.
    await comeAndGo(running, load, tokens);
    const before = levelOf(running);
    await comeAndGo(running, load, tokens);
    return { programs: [running], before, load, deadlineMs: DEADLINE_MS };
  },
  2 * LONGEST_MS,
);

async function comeAndGo(running: Program, load: Load, tokens: string[]): Promise<void> {
  let over = false;
  const sending = load.runAt(running.url, () => over);
  const came = (crowd = await rush(running.port, tokens));
  over = true;
  await sending;
  expect(Object.fromEntries(came.endings)).toEqual({ hello: room, 503: sockets - room });
  expect(came.slowestMs).toBeLessThan(LONGEST_MS);
  expect([...load.refusals]).toEqual([]);
  came.hangUp();
  await until(async () => (await (await fetch(`${running.url}/metrics`)).text()).includes('\nchinwag_connections 0\n'));
}
