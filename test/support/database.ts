import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';

export type Dialect = 'sqlite' | 'postgres';
export type TestDatabase = { dialect: Dialect; url: string; dataDir: string; drop(): Promise<void> };

export const migrations = join(import.meta.dir, '../../drizzle');

/** Where a Postgres server for tests is, as an address without a database name. Absent: the Postgres lane is not run. */
export const postgresUrl = process.env.TEST_POSTGRES_URL;

/** The databases that this run is about: SQLite in `bun test`, Postgres in `bun run test:postgres`. */
export const dialects: Dialect[] = postgresUrl ? ['postgres'] : ['sqlite'];

/** In memory where the system has a folder for that: what power cuts leave behind is tried on a disk, by the faults. */
const folder = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** An empty database of its own for each caller; nothing is shared and nothing is seeded. */
export async function createDatabase(dialect: Dialect): Promise<TestDatabase> {
  const dataDir = mkdtempSync(join(folder, 'chinwag-test-'));
  const removeFolder = (): void => rmSync(dataDir, { recursive: true, force: true });
  if (dialect === 'sqlite') return { dialect, dataDir, url: `sqlite:${dataDir}/test.db`, drop: async () => removeFolder() };
  if (!postgresUrl) throw new Error('Set TEST_POSTGRES_URL, for example postgres://postgres@127.0.0.1/postgres');
  const name = `chinwag_test_${crypto.randomUUID().replaceAll('-', '')}`;
  await administer((sql) => sql.unsafe(`create database ${name}`));
  const url = new URL(postgresUrl);
  url.pathname = `/${name}`;
  return {
    dialect,
    dataDir,
    url: url.href,
    async drop() {
      removeFolder();
      await administer((sql) => sql.unsafe(`drop database if exists ${name} with (force)`));
    },
  };
}

async function administer(work: (sql: postgres.Sql) => Promise<unknown>): Promise<void> {
  const sql = postgres(postgresUrl ?? '', { max: 1, onnotice: () => undefined });
  try {
    await work(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}
