import { afterEach, describe, expect } from 'bun:test';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { startProgram, type Program } from '../support/program.ts';
import { startWire, type Wire } from '../support/wire.ts';
import { STORED_JOB } from '../../src/db/append.ts';
import { createRandom } from './crowd.ts';
import { fault, type Level, levelOf, ONE_INSTALLATION, type Outcome } from './fault.ts';
import { createLoad, until, type Load } from './load.ts';

const PEOPLE = 8;
const DEADLINE_MS = 4_000;
const CUTS = 20;
const DELAY_MAX_MS = 8;
/** ReadyForQuery, with no transaction open: what was asked is committed. */
const COMMITTED = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);
const seed = Number(process.env.FAULT_SEED ?? Math.floor(Math.random() * 2 ** 31));

let database: TestDatabase | null = null;
let wire: Wire | null = null;
let program: Program | null = null;
afterEach(async () => {
  await program?.clear();
  await wire?.close();
  await database?.drop();
  database = wire = program = null;
});

async function start(delayMs?: () => number): Promise<{ running: Program; line: Wire }> {
  database = await createDatabase('postgres');
  const line = (wire = await startWire(database.url, delayMs));
  const running = (program = await startProgram({
    env: {
      ...ONE_INSTALLATION,
      DATABASE_URL: line.url,
      REQUEST_TIMEOUT_MS: String(DEADLINE_MS),
    },
  }));
  return { running, line };
}

const outcome = (running: Program, before: Level, load: Load): Outcome => ({ programs: [running], before, load, deadlineMs: DEADLINE_MS });

describe(`A network to Postgres (FAULT_SEED=${seed})`, () => {
  fault('that is slow delays answers and nothing else', async () => {
    const random = createRandom(seed);
    const { running } = await start(() => random() * DELAY_MAX_MS);
    const load = await createLoad(running.url, PEOPLE);
    const before = levelOf(running);
    await load.runAt(running.url, () => load.acknowledged.length >= 200);
    expect([...load.refusals]).toEqual([]);
    return outcome(running, before, load);
  });

  fault('that is cut at the answer of a commit: the repeat under the same clientId makes no second message', async () => {
    const random = createRandom(seed);
    const { running, line } = await start();
    const load = await createLoad(running.url, PEOPLE);
    const sending = load.runAt(running.url, () => line.cuts >= CUTS && load.acknowledged.length >= 200);
    await load.reached(20);
    const before = levelOf(running);
    line.cutAnswers({ asked: STORED_JOB, answered: COMMITTED, cut: () => line.cuts < CUTS && random() < 0.2 });
    await sending;
    line.cutAnswers(null);
    expect([...load.refusals.keys()]).toEqual(['unavailable']);
    return outcome(running, before, load);
  });

  fault('that is silent longer than the deadline: requests end, and all goes on when it speaks again', async () => {
    const { running, line } = await start();
    const load = await createLoad(running.url, PEOPLE);
    let wanted = Infinity;
    const sending = load.runAt(running.url, () => load.acknowledged.length >= wanted);
    await load.reached(100);
    const before = levelOf(running);
    line.hold();
    await until(() => (load.refusals.get('timeout') ?? 0) >= PEOPLE);
    expect((await fetch(`${running.url}/healthz`)).status).toBe(200);
    line.release();
    wanted = load.acknowledged.length + 200;
    await sending;
    return outcome(running, before, load);
  });
});
