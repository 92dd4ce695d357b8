import { afterEach, describe, expect } from 'bun:test';
import { startPostgres, startStandby, type PostgresCluster } from '../support/postgres-cluster.ts';
import { startProgram, type Program } from '../support/program.ts';
import { startWire, type Wire } from '../support/wire.ts';
import { startClients, type Clients } from './clients.ts';
import { fault, levelOf, ONE_INSTALLATION, type Outcome } from './fault.ts';
import { createLoad, until, type Load } from './load.ts';

const PROCESSES = 2;
const PEOPLE = 6;
const DEADLINE_MS = 4_000;
/** Of writes, by the standby before it is promoted. */
const REFUSALS = 20;

let servers: PostgresCluster[] = [];
let wire: Wire | null = null;
let programs: Program[] = [];
let clients: Clients | null = null;
afterEach(async () => {
  clients?.stop();
  await Promise.all(programs.map((program) => program.clear()));
  await wire?.close();
  await Promise.all(servers.map((server) => server.drop()));
  [servers, programs] = [[], []];
  clients = wire = null;
});

async function start(databaseUrl: string): Promise<Program> {
  const program = await startProgram({
    env: {
      ...ONE_INSTALLATION,
      DATABASE_URL: databaseUrl,
      REQUEST_TIMEOUT_MS: String(DEADLINE_MS),
    },
  });
  programs.push(program);
  return program;
}

type Scene = { primary: PostgresCluster; standby: PostgresCluster; line: Wire; load: Load };

/** People and clients at two processes, whose database has one address; `fail` ends with that address at the standby, as its new primary. */
async function failOver(fail: (scene: Scene) => Promise<void>): Promise<Outcome> {
  const primary = await startPostgres();
  servers.push(primary);
  const standby = await startStandby(primary);
  servers.push(standby);
  const line = (wire = await startWire(primary.url));
  const places = [await start(line.url), await start(line.url)];
  const load = await createLoad(places[0]?.url ?? '', PEOPLE);
  const talking = (clients = await startClients(places.map(({ url }) => url)));
  let wanted = Infinity;
  const over = (): boolean => load.acknowledged.length >= wanted;
  const work = [talking.talk(over), ...places.map(({ url }) => load.runAt(url, over))];
  await load.reached(200);
  const before = levelOf(places[0] as Program);

  await fail({ primary, standby, line, load });
  wanted = load.acknowledged.length + 200;
  await Promise.all(work);
  for (const { url } of places) {
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    await talking.expectEqual(url);
  }
  talking.stop();
  return { programs: places, before, load, deadlineMs: DEADLINE_MS };
}

const refusals = (load: Load): number => [...load.refusals.values()].reduce((sum, count) => sum + count, 0);

describe(`${PROCESSES} processes on a Postgres with a synchronous standby`, () => {
  fault('lose nothing when the primary is killed and the standby promoted, which they reach before it takes writes', async () => {
    return failOver(async ({ primary, standby, line, load }) => {
      primary.kill();
      line.turnTo(standby.url);
      const wanted = refusals(load) + REFUSALS;
      await until(() => refusals(load) >= wanted);
      await standby.promote();
    });
  });

  fault('acknowledge nothing while the standby stands still, and lose nothing when the primary dies then', async () => {
    return failOver(async ({ primary, standby, line, load }) => {
      standby.freeze();
      // Who asked before the standby stood still is answered or refused by then.
      await until(() => refusals(load) >= PROCESSES * PEOPLE);
      const told = load.acknowledged.length;
      const wanted = refusals(load) + PROCESSES * PEOPLE;
      await until(() => refusals(load) >= wanted);
      expect(load.acknowledged.length).toBe(told);
      primary.kill();
      standby.thaw();
      line.turnTo(standby.url);
      await standby.promote();
    });
  });
});
