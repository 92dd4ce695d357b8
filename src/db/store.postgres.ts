import { SQL } from 'bun';
import { drizzle } from 'drizzle-orm/bun-sql/postgres';
import { join } from 'node:path';
import { createAppend } from './append.postgres.ts';
import { isUniqueViolation, isUnavailable, mayRetry, StoreUnavailable } from './errors.ts';
import { migratePostgres } from './migrate.postgres.ts';
import { tables } from './schema.postgres.ts';
import { searchPostgres } from './search.postgres.ts';
import type { Db, Store, StoreOptions } from './store.ts';

const TRIES = 5;

export async function openPostgres(options: StoreOptions): Promise<Store> {
  const client = new SQL(options.url, {
    max: options.poolMax,
    connectionTimeout: options.connectTimeoutMs / 1000,
    // A statement or transaction that hangs gives its connection back; the caller was told `timeout` before.
    connection: {
      application_name: 'chinwag',
      statement_timeout: String(options.statementTimeoutMs),
      idle_in_transaction_session_timeout: String(options.statementTimeoutMs),
      // Few rows of large tables are what is asked for. Postgres expects a disk that turns, and rather reads a whole table.
      random_page_cost: '1.1',
      jit: 'off',
    },
  });
  try {
    await client`select 1`;
    if (options.migrate !== false) await migratePostgres(client, join(options.migrations, 'postgres'));
  } catch (error) {
    await client.close({ timeout: 0 });
    throw isUnavailable(error) ? new Error(`DATABASE_URL: cannot reach Postgres at ${hostOf(options.url)}: ${(error as Error).message}`) : error;
  }
  const database = drizzle({ client, jit: true });
  const append = createAppend(client);
  let waiting = 0;
  let drained: PromiseWithResolvers<void> | null = null;

  /** Deadlocks and lost races run again; a lost connection is the caller's to repeat, its outcome is not known. */
  async function trying<T>(run: () => Promise<T>, again: (error: unknown) => boolean): Promise<T> {
    waiting++;
    try {
      return await untilDone(run, again);
    } finally {
      waiting--;
      if (waiting === 0) drained?.resolve();
    }
  }

  async function untilDone<T>(run: () => Promise<T>, again: (error: unknown) => boolean): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await run();
      } catch (error) {
        if (isUnavailable(error)) throw new StoreUnavailable('the database cannot be reached', { cause: error });
        if (attempt === TRIES || !again(error)) throw error;
      }
    }
  }

  /**
   * A transaction by hand, so that `committed` is called in the very step in which the answer to COMMIT arrives. Whoever
   * waited for our row locks commits later and is answered later, so the calls keep the order of the commits.
   */
  async function transaction<T>(fn: (db: Db) => Promise<T>, committed?: (value: T) => void): Promise<T> {
    const connection = await client.reserve();
    try {
      await connection`begin`;
      const value = await fn(drizzle({ client: connection }));
      const { command } = await connection`commit`;
      // Postgres answers the COMMIT of a transaction in which a statement failed with ROLLBACK, and calls that no error.
      if (command !== 'COMMIT') throw new Error('a statement of the transaction failed and its error was swallowed');
      committed?.(value);
      return value;
    } catch (error) {
      await connection`rollback`.catch(() => undefined);
      throw error;
    } finally {
      void connection.release();
    }
  }

  return {
    dialect: 'postgres',
    tables,
    search: searchPostgres,
    read: database,
    tx: <T>(fn: (db: Db) => Promise<T>, committed?: (value: T) => void) => trying(() => transaction(fn, committed), mayRetry),
    // Another process may store the same clientId between our look and our insert: the next look finds it.
    append: (drafts, times, committed) =>
      trying(
        () => append(drafts, times, committed),
        (error) => mayRetry(error) || isUniqueViolation(error),
      ),
    ping: () =>
      trying(
        async () => void (await client`select 1`),
        () => false,
      ),
    get queueLength() {
      return waiting;
    },
    // As on SQLite, what was begun is finished first: the driver rejects what it has not sent yet.
    async close() {
      if (waiting > 0) await (drained = Promise.withResolvers<void>()).promise;
      await client.close({ timeout: 5 });
    },
  };
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host || 'its socket' : 'an address that cannot be read';
}
