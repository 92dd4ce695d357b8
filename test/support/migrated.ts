import { readFileSync, writeFileSync } from 'node:fs';
import { openStore, type Store, type StoreOptions } from '../../src/db/store.ts';
import { createDatabase, migrations, type Dialect, type TestDatabase } from './database.ts';

let template: Promise<Buffer> | null = null;

/** A database with every migration and nothing else, which is quicker to copy than to make. What becomes of an empty one is tried in test/contract. */
export async function createMigrated(dialect: Dialect): Promise<TestDatabase> {
  const database = await createDatabase(dialect);
  if (dialect === 'sqlite') writeFileSync(fileOf(database), await (template ??= makeTemplate()));
  return database;
}

async function makeTemplate(): Promise<Buffer> {
  const database = await createDatabase('sqlite');
  await (await openTestStore(database.url)).close();
  const bytes = readFileSync(fileOf(database));
  await database.drop();
  return bytes;
}

const fileOf = ({ url }: TestDatabase): string => url.slice('sqlite:'.length);

/** The store alone, without the server around it. */
export function openTestStore(url: string, options: Partial<StoreOptions> = {}): Promise<Store> {
  return openStore({
    url,
    migrations,
    poolMax: 10,
    connectTimeoutMs: 5_000,
    statementTimeoutMs: 20_000,
    file: { cacheBytes: 2 ** 20, checkpointPages: 1_000 },
    ...options,
  });
}
