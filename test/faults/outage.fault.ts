import { SQL } from 'bun';
import { afterEach, describe, expect } from 'bun:test';
import { startPostgres, type PostgresCluster } from '../support/postgres-cluster.ts';
import { startProgram, type Program } from '../support/program.ts';
import { fault, levelOf, ONE_INSTALLATION } from './fault.ts';
import { createLoad, until } from './load.ts';

const PEOPLE = 8;
const OUTAGE_MS = 5_000;
const DEADLINE_MS = 4_000;

let cluster: PostgresCluster | null = null;
let program: Program | null = null;
afterEach(async () => {
  await program?.clear();
  await cluster?.drop();
  cluster = program = null;
});

function start(databaseUrl: string): Promise<Program> {
  return startProgram({
    env: {
      ...ONE_INSTALLATION,
      DATABASE_URL: databaseUrl,
      REQUEST_TIMEOUT_MS: String(DEADLINE_MS),
    },
  });
}

const statusOf = async (path: string): Promise<number> => (await fetch(`${program?.url}${path}`)).status;

describe('Postgres that is away', () => {
  fault('for 5 s under load: nobody waits beyond the deadline, /healthz stays well, and all goes on when it is back', async () => {
    cluster = await startPostgres();
    program = await start(cluster.url);
    const load = await createLoad(program.url, PEOPLE);
    let wanted = Infinity;
    const sending = load.runAt(program.url, () => load.acknowledged.length >= wanted);
    await load.reached(200);
    const before = levelOf(program);

    await cluster.stop();
    const backAt = performance.now() + OUTAGE_MS;
    await until(async () => (await statusOf('/readyz')) === 503);
    // The outage is what is tried here: it has to last longer than the deadline of a request.
    await until(async () => (expect(await statusOf('/healthz')).toBe(200), performance.now() > backAt));
    expect(load.refusals.get('unavailable')).toBeGreaterThan(0);

    await cluster.start();
    wanted = load.acknowledged.length + 200;
    await sending;
    return { programs: [program], before, load, deadlineMs: DEADLINE_MS };
  });

  fault('with no connection left for us: an error in time, and all goes on when there are some again', async () => {
    cluster = await startPostgres();
    const admin = new SQL(cluster.url, { max: 1 });
    await admin`create role narrow login`;
    await admin`create database narrow owner narrow`;
    const url = new URL(cluster.url);
    url.username = url.pathname = 'narrow';
    program = await start(url.href);
    const load = await createLoad(program.url, PEOPLE);
    let wanted = Infinity;
    const sending = load.runAt(program.url, () => load.acknowledged.length >= wanted);
    await load.reached(200);
    const before = levelOf(program);

    await admin`alter role narrow connection limit 0`;
    await admin`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'narrow'`;
    await until(() => (load.refusals.get('unavailable') ?? 0) >= 50);
    expect(await statusOf('/healthz')).toBe(200);
    expect(await statusOf('/readyz')).toBe(503);

    // Fewer than the pool would take.
    await admin`alter role narrow connection limit 3`;
    wanted = load.acknowledged.length + 200;
    await sending;
    await admin`alter role narrow connection limit -1`;
    await admin.close();
    return { programs: [program], before, load, deadlineMs: DEADLINE_MS };
  });
});
