import { afterEach, describe, expect } from 'bun:test';
import { chmodSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { startPostgres, type PostgresCluster } from '../support/postgres-cluster.ts';
import { emptyFolder, runProgram, startProgram, type Program } from '../support/program.ts';
import { smallDisk, type SmallDisk } from '../support/small-disk.ts';
import { fault, levelOf, type Outcome } from './fault.ts';
import { createLoad, until } from './load.ts';

const PEOPLE = 8;
const DISK_BYTES = 12 * 1024 * 1024;
const POSTGRES_DISK_BYTES = 128 * 1024 * 1024;
const ROOM_BYTES = 256 * 1024;
const REFUSALS = 50;
const DEADLINE_MS = 5_000;
const ENV = { RATE_LIMITS: 'off', LOG_LEVEL: 'error', REQUEST_TIMEOUT_MS: String(DEADLINE_MS) };

let program: Program | null = null;
let cluster: PostgresCluster | null = null;
const disks: SmallDisk[] = [];
afterEach(async () => {
  await program?.clear().catch(() => undefined);
  await cluster?.drop();
  program = cluster = null;
  for (const disk of disks.splice(0)) disk.remove();
});

const run = (...command: string[]): boolean => Bun.spawnSync(command, { stderr: 'ignore' }).exitCode === 0;

/** Null where this user may not mount one. */
function mount(bytes: number): SmallDisk | null {
  const disk = smallDisk(bytes);
  if (disk) disks.push(disk);
  return disk;
}

type Failure = { begin(program: Program): void; end(program: Program): void };

const fills = (disk: SmallDisk): Failure => ({ begin: () => disk.fill(ROOM_BYTES), end: () => disk.empty() });

/** Writes beyond that size fail, which SQLite takes for an I/O error. */
const failingWrites: Failure = {
  begin({ pid, dataDir }) {
    const bytes = statSync(join(dataDir, 'chinwag.db-wal')).size + ROOM_BYTES;
    if (!run('prlimit', '--pid', String(pid), `--fsize=${bytes}:`)) throw new Error('prlimit failed');
  },
  end({ pid }) {
    if (!run('prlimit', '--pid', String(pid), '--fsize=unlimited:')) throw new Error('prlimit failed');
  },
};

async function goesOn(failure: Failure, dataDir: string, env: Record<string, string> = {}): Promise<Outcome> {
  const running = (program = await startProgram({ dataDir, env: { ...ENV, ...env } }));
  const load = await createLoad(running.url, PEOPLE);
  let wanted = Infinity;
  const sending = load.runAt(running.url, () => load.acknowledged.length >= wanted);
  await load.reached(100);
  const before = levelOf(running);

  failure.begin(running);
  await until(() => [...load.refusals.values()].reduce((sum, count) => sum + count, 0) >= REFUSALS);
  expect([...load.refusals.keys()]).toEqual(['unavailable']);
  const told = load.acknowledged.length;
  expect((await load.history(running.url)).length).toBeGreaterThanOrEqual(told);
  expect((await fetch(`${running.url}/healthz`)).status).toBe(200);

  failure.end(running);
  wanted = load.acknowledged.length + 200;
  await sending;
  expect(load.acknowledged.length).toBeGreaterThanOrEqual(wanted);
  return { programs: [running], before, load, deadlineMs: DEADLINE_MS };
}

describe('On SQLite', () => {
  fault('a full disk refuses sends as `unavailable`, loses nothing, lets people read, and is over without a restart', async () => {
    const disk = mount(DISK_BYTES);
    return disk ? goesOn(fills(disk), disk.folder) : goesOn(failingWrites, emptyFolder());
  });

  fault('writes that fail refuse sends as `unavailable`, lose nothing, let people read, and are over without a restart', async () => {
    return goesOn(failingWrites, emptyFolder());
  });

  fault('a database file that may not be written ends the start with a sentence that says what to do', async () => {
    const dataDir = emptyFolder();
    const env = { DATA_DIR: dataDir, PORT: '0', PUBLIC_URL: 'http://127.0.0.1:1' };
    program = await startProgram({ dataDir, env: ENV });
    const load = await createLoad(program.url, PEOPLE);
    await load.runAt(program.url, () => load.acknowledged.length >= 100);
    const before = levelOf(program);
    await program.end();
    const remedy = /This user may not write|read-only|Is the folder writable\?/;
    const close = readOnly(dataDir);
    try {
      const { code, err } = await runProgram(['serve'], env);
      expect(code).toBe(1);
      expect(err).toMatch(remedy);
      expect(err).not.toContain('Unexpected');
    } finally {
      close();
    }
    expect(await runProgram(['admin', 'backup', join(dataDir, 'checked.db')], { DATA_DIR: dataDir })).toMatchObject({ code: 0, err: '' });
    program = await startProgram({ dataDir, env: ENV });
    return { programs: [program], before, load, deadlineMs: DEADLINE_MS };
  });
});

describe('On Postgres', () => {
  fault('a full disk of its data refuses sends as `unavailable`, loses nothing, lets people read, and is over without a restart', async () => {
    const disk = mount(POSTGRES_DISK_BYTES);
    if (!disk) throw new Error('No small disk could be mounted for the data of Postgres; root may, or whoever may use sudo without a password.');
    cluster = await startPostgres(join(disk.folder, 'postgres'));
    return goesOn(fills(disk), emptyFolder(), { DATABASE_URL: cluster.url, AUTH_SECRET: 'the-same-secret-on-every-machine-of-it' });
  });
});

/** Root may write whatever the mode says, so for root the folder becomes a read-only mount. */
function readOnly(folder: string): () => void {
  if (process.getuid?.() === 0 && run('mount', '--bind', folder, folder)) {
    run('mount', '-o', 'remount,bind,ro', folder);
    return () => void run('umount', folder);
  }
  const file = join(folder, 'chinwag.db');
  chmodSync(file, 0o400);
  return () => chmodSync(file, 0o600);
}
