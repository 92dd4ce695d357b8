import { afterEach, describe, expect } from 'bun:test';
import { startBalancer, type Balancer } from '../support/balancer.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { startProgram, type Program } from '../support/program.ts';
import { startClients, type Clients } from './clients.ts';
import { fault, levelOf, ONE_INSTALLATION, type Outcome } from './fault.ts';
import { createLoad } from './load.ts';

const PROCESSES = 3;
const PEOPLE = 6;
const CLIENTS = 4;
const DEADLINE_MS = 5_000;

let database: TestDatabase | null = null;
let programs: Program[] = [];
let balancer: Balancer | null = null;
let clients: Clients | null = null;
afterEach(async () => {
  clients?.stop();
  await balancer?.close();
  clients = balancer = null;
  await Promise.all(programs.map((program) => program.clear()));
  await database?.drop();
  programs = [];
  database = null;
});

async function start(): Promise<Program> {
  const program = await startProgram({
    env: {
      ...ONE_INSTALLATION,
      DATABASE_URL: database?.url ?? '',
      REQUEST_TIMEOUT_MS: String(DEADLINE_MS),
    },
  });
  programs.push(program);
  return program;
}

/** People at every process; whose process ends goes on at the one that came for it. */
async function endOneAfterTheOther(signal: NodeJS.Signals, ends: number): Promise<Outcome> {
  database = await createDatabase('postgres');
  const places = await Promise.all(Array.from({ length: PROCESSES }, start));
  const [first] = places;
  if (!first) throw new Error('there is no process');
  const load = await createLoad(first.url, PEOPLE);
  const before = levelOf(first);
  const gate = (balancer = await startBalancer(() => places.map((place) => place.port)));
  const talking = (clients = await startClients(Array.from({ length: CLIENTS }, () => gate.url)));
  let wanted = Infinity;
  const over = (): boolean => load.acknowledged.length >= wanted;
  const sending = [talking.talk(over), ...places.map((place) => load.runAt(place.url, over))];
  for (let n = 0; n < ends; n++) {
    await load.reached(load.acknowledged.length + 100);
    const code = await places[n]?.end(signal);
    if (signal === 'SIGTERM') expect(code).toBe(0);
    const place = await start();
    places[n] = place;
    sending.push(load.runAt(place.url, over));
  }
  wanted = load.acknowledged.length + 100;
  await Promise.all(sending);
  for (const { url } of places) await talking.expectEqual(url);
  talking.stop();
  return { programs: places, before, load, deadlineMs: DEADLINE_MS };
}

describe(`${PROCESSES} processes on one Postgres`, () => {
  fault(
    'that are restarted one after the other under load lose nothing that was acknowledged, store nothing twice, and the clients end equal',
    async () => {
      return endOneAfterTheOther('SIGTERM', PROCESSES);
    },
  );

  fault('of which one is killed under load lose nothing that was acknowledged, store nothing twice, and the clients end equal', async () => {
    return endOneAfterTheOther('SIGKILL', 1);
  });
});
