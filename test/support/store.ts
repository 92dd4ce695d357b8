import { afterAll, beforeAll, describe } from 'bun:test';
import { eq, sql } from 'drizzle-orm';
import type { Db, Store } from '../../src/db/store.ts';
import { dialects, type Dialect, type TestDatabase } from './database.ts';
import { createMigrated, openTestStore } from './migrated.ts';

export type Bench = { dialect: Dialect; readonly store: Store; readonly database: TestDatabase };

/** The same tests of the Store port on each database of this run. The tests of a file share one database and no rows. */
export function stores(title: string, tell: (bench: Bench) => void): void {
  for (const dialect of dialects) {
    describe(`${title} on ${dialect}`, () => {
      let database: TestDatabase;
      let store: Store;
      beforeAll(async () => {
        database = await createMigrated(dialect);
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

type Held = { commit(): Promise<unknown> };

/** A transaction that has done its work, and waits for our word to commit. On SQLite others queue behind it. */
export async function holdTransaction<T>(store: Store, work: (db: Db) => Promise<T>, committed: (value: T) => void = () => undefined): Promise<Held> {
  const [worked, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const done = store.tx(async (db) => {
    const value = await work(db);
    worked.resolve();
    await released.promise;
    return value;
  }, committed);
  await worked.promise;
  return {
    commit() {
      released.resolve();
      return done;
    },
  };
}

/** One that has locked the conversation and changed it. */
export function holdConversation(
  store: Store,
  id: string,
  committed?: (rev: number) => void,
  change: (db: Db, id: string) => Promise<unknown> = async () => undefined,
): Promise<Held> {
  const { conversation } = store.tables;
  return holdTransaction(
    store,
    async (db) => {
      const [row] = await db
        .update(conversation)
        .set({ rev: sql`${conversation.rev} + 1` })
        .where(eq(conversation.id, id))
        .returning();
      await change(db, id);
      return row?.rev ?? 0;
    },
    committed,
  );
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
