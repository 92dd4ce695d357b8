import { afterAll, beforeAll, describe } from 'bun:test';
import { eq, sql } from 'drizzle-orm';
import { openStore, type Db, type Store, type StoreOptions } from '../../src/db/store.ts';
import { createDatabase, dialects, type Dialect, type TestDatabase } from './database.ts';
import { migrations } from './server.ts';

export type Bench = { dialect: Dialect; readonly store: Store; readonly database: TestDatabase };

/** The same tests of the Store port on each database of this run. The tests of a file share one database and no rows. */
export function stores(title: string, tell: (bench: Bench) => void): void {
  for (const dialect of dialects) {
    describe(`${title} on ${dialect}`, () => {
      let database: TestDatabase;
      let store: Store;
      beforeAll(async () => {
        database = await createDatabase(dialect);
        store = await openTestStore(database.url);
      });
      afterAll(async () => {
        await store.close();
        await database.drop();
      });
      tell({
        dialect,
        get store() {
          return store;
        },
        get database() {
          return database;
        },
      });
    });
  }
}

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

/** A transaction that has locked the conversation and changed it, and waits for our word to commit. On SQLite others queue behind it. */
export async function holdConversation(
  store: Store,
  id: string,
  committed: (rev: number) => void = () => undefined,
  change: (db: Db, id: string) => Promise<unknown> = async () => undefined,
): Promise<{ commit(): Promise<unknown> }> {
  const { conversation } = store.tables;
  const [locked, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const done = store.tx(async (db) => {
    const [row] = await db
      .update(conversation)
      .set({ rev: sql`${conversation.rev} + 1` })
      .where(eq(conversation.id, id))
      .returning();
    await change(db, id);
    locked.resolve();
    await released.promise;
    return row?.rev ?? 0;
  }, committed);
  await locked.promise;
  return {
    commit() {
      released.resolve();
      return done;
    },
  };
}

/** Resolves once a statement waits for a lock; at once where writes queue before they reach the database. */
export async function somebodyWaits(store: Store): Promise<void> {
  if (store.dialect === 'sqlite') return;
  for (;;) {
    const [row] = await store.read
      .select({ waiting: sql<number>`count(*)`.mapWith(Number) })
      .from(sql`pg_stat_activity`)
      .where(sql`wait_event_type = 'Lock' and datname = current_database()`);
    if (row && row.waiting > 0) return;
  }
}
