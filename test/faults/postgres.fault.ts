import { SQL } from 'bun';
import { afterEach, describe } from 'bun:test';
import { createDatabase, postgresUrl, type TestDatabase } from '../support/database.ts';
import { startProgram, type Program } from '../support/program.ts';
import { fault, levelOf, ONE_INSTALLATION } from './fault.ts';
import { createLoad } from './load.ts';

const PEOPLE = 8;

let programs: Program[] = [];
let database: TestDatabase | null = null;
afterEach(async () => {
  await Promise.all(programs.map((program) => program.clear()));
  await database?.drop();
  programs = [];
  database = null;
});

async function start(): Promise<Program> {
  database ??= await createDatabase('postgres');
  const program = await startProgram({
    env: { ...ONE_INSTALLATION, DATABASE_URL: database.url },
  });
  programs.push(program);
  return program;
}

/** What a restart of Postgres does to us: every connection ends in the middle of its work. */
async function cutConnections(): Promise<void> {
  const sql = new SQL(postgresUrl ?? '', { max: 1 });
  const name = new URL(database?.url ?? '').pathname.slice(1);
  await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${name}`;
  await sql.close();
}

describe('On Postgres', () => {
  fault('two servers that start together on an empty database both become ready', async () => {
    database = await createDatabase('postgres');
    const [one, other] = await Promise.all([start(), start()]);
    const load = await createLoad(one.url, 2);
    const before = levelOf(one);
    await load.runAt(other.url, () => load.acknowledged.length >= 20);
    return { programs: [one, other], before, load };
  });

  fault('cut connections under load lose nothing that was acknowledged, and the server goes on', async () => {
    const program = await start();
    const load = await createLoad(program.url, PEOPLE);
    const before = levelOf(program);
    let cuts = 0;
    const running = load.runAt(program.url, () => cuts === 5 && load.acknowledged.length > 300);
    for (; cuts < 5; cuts++) {
      const wanted = load.acknowledged.length + 40;
      await load.reached(wanted);
      await cutConnections();
    }
    await running;
    return { programs: [program], before, load };
  });

  fault('kill -9 under load loses nothing that was acknowledged', async () => {
    const program = await start();
    const load = await createLoad(program.url, PEOPLE);
    const running = load.runAt(program.url, () => false);
    await load.reached(200);
    const before = levelOf(program);
    await program.end('SIGKILL');
    await running;
    return { programs: [await start()], before, load };
  });
});
