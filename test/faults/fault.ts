import { expect, test } from 'bun:test';
import { readdirSync, readFileSync } from 'node:fs';
import type { Program } from '../support/program.ts';
import { expectKept, until, type Load } from './load.ts';

/** What a process holds of the machine. */
export type Level = { handles: number; residentKb: number };
/** What a fault leaves behind; whatever it was, the same is expected of it. */
export type Outcome = {
  /** Every process of the installation that runs now. */
  programs: Program[];
  /** Of one process, at work and before the fault. */
  before: Level;
  /** The people who were at work. Null where a test checks more itself. */
  load: Load | null;
  /** REQUEST_TIMEOUT_MS of the processes. */
  deadlineMs?: number;
};

/** Every process of an installation signs alike, and what is refused is refused for the fault alone. */
export const ONE_INSTALLATION = { AUTH_SECRET: 'the-same-secret-on-every-machine-of-it', RATE_LIMITS: 'off', LOG_LEVEL: 'silent' };

const DEFAULT_DEADLINE_MS = 10_000;
/** A deadline is kept by timers of a machine that other tests keep busy, too. */
const DEADLINE_FACTOR = 2;
/** What is open for a moment beside the peers: keep-alive connections of this test and files of the database. */
const HANDLES_BESIDE = 64;
/** The allocator keeps what it had; a leak of what a fault was about would be far above. */
const MEMORY_FACTOR = 2;
/** How often the level is looked at before it is called too high. */
const LOOKS = 2_000;

export function levelOf({ pid }: Program): Level {
  const residentKb = Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  return { handles: readdirSync(`/proc/${pid}/fd`).length, residentKb };
}

/** A test of a fault. `run` ends when the fault is over; that it left no trace is checked here, for all of them. */
export function fault(name: string, run: () => Promise<Outcome>, timeoutMs?: number): void {
  test(name, async () => expectNoTrace(await run()), timeoutMs);
}

/**
 * The processes are ready and agree; nothing acknowledged is lost, nothing is there twice and no number is left out; nobody
 * waited beyond the deadline; memory and file handles are back at their level; the end is clean.
 */
async function expectNoTrace({ programs, before, load, deadlineMs = DEFAULT_DEADLINE_MS }: Outcome): Promise<void> {
  for (const { url } of programs) await until(async () => (await fetch(`${url}/readyz`)).ok);
  for (const program of programs) await expectLevel(program, before);
  if (load) await expectServed(load, programs, DEADLINE_FACTOR * deadlineMs);
  expect(await Promise.all(programs.map((program) => program.end()))).toEqual(programs.map(() => 0));
}

async function expectServed(load: Load, programs: Program[], longestMs: number): Promise<void> {
  expect([...load.refusals.keys()].filter((code) => code !== 'unavailable' && code !== 'timeout')).toEqual([]);
  expect(load.slowestMs).toBeLessThan(longestMs);
  const [first, ...others] = await Promise.all(programs.map(({ url }) => load.history(url)));
  for (const other of others) expect(other).toEqual(first ?? []);
  await expectKept(load, programs[0]?.url ?? '');
}

/** What a fault filled empties with the next requests and the next collection of garbage. */
async function expectLevel(program: Program, before: Level): Promise<void> {
  const most: Level = { handles: before.handles + HANDLES_BESIDE, residentKb: MEMORY_FACTOR * before.residentKb };
  let now = levelOf(program);
  for (let look = 0; look < LOOKS && (now.handles > most.handles || now.residentKb > most.residentKb); look++) {
    await fetch(`${program.url}/healthz`);
    now = levelOf(program);
  }
  expect(now.handles).toBeLessThanOrEqual(most.handles);
  expect(now.residentKb).toBeLessThanOrEqual(most.residentKb);
}
