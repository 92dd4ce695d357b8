import { Database } from 'bun:sqlite';
import { drizzle } from 'drizzle-orm/bun-sqlite';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { endOfTurn } from '../lib/turn.ts';
import { createAppend } from './append.sqlite.ts';
import { migrateSqlite } from './migrate.sqlite.ts';
import { planOnce } from './plan-once.sqlite.ts';
import { tables } from './schema.sqlite.ts';
import { createSearch } from './search.sqlite.ts';
import type { Db, Store, StoreOptions } from './store.ts';

const WAL_TRIES = 100;
const WAL_PAUSE_MS = 10;

type Job = { run(): Promise<() => void>; reject(error: unknown): void };

/**
 * One writing connection behind a queue, one reading connection. Jobs that wait together run as savepoints of one
 * transaction, so that they share its fsync (synchronous=FULL: acknowledged means on disk).
 */
export async function openSqlite(options: StoreOptions): Promise<Store> {
  const path = options.url.replace(/^sqlite:(\/\/)?/, '');
  Database.MAX_QUERY_CACHE_SIZE = 500;
  const writer = openFile(path);
  try {
    // First, so that processes that start together wait for each other already here.
    writer.run('pragma busy_timeout = 5000');
    await switchToWal(writer);
    writer.run('pragma synchronous = full');
    writer.run('pragma foreign_keys = on');
    // Pages that do not fit are written twice: once to make room, once with the commit.
    writer.run(`pragma cache_size = -${Math.ceil(options.file.cacheBytes / 1024)}`);
    writer.run(`pragma wal_autocheckpoint = ${options.file.checkpointPages}`);
    if (options.migrate !== false) await migrateSqlite(writer, join(options.migrations, 'sqlite'));
    // What a savepoint would put back is kept for as long as it is open. Beyond 64 kB it went to a file: two of five writes of a send.
    // After the migrations, which may sort a whole table.
    writer.run('pragma temp_store = memory');
  } catch (error) {
    writer.close();
    throw (error as { code?: unknown }).code === 'SQLITE_NOTADB' ? new Error(`DATABASE_URL: ${path} is no SQLite database.`) : error;
  }
  const reader = new Database(path, { readonly: true });
  reader.run('pragma busy_timeout = 5000');
  planOnce(writer);
  planOnce(reader);

  let failed: { error: unknown } | null = null;
  watchStatements(writer, (error) => (failed ??= { error }));

  // Both drivers answer the same calls with the same rows; drizzle's types brand them differently.
  const write = drizzle({ client: writer }) as unknown as Db;
  const read = drizzle({ client: reader, jit: true }) as unknown as Db;
  const appendAll = createAppend(writer);

  let queue: Job[] = [];
  let running: Promise<void> | null = null;
  let closed = false;

  function enqueue<T>(work: () => Promise<T> | T, committed?: (value: T) => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (closed) return reject(new Error('the database is closed'));
      queue.push({
        async run() {
          const value = await work();
          return () => {
            try {
              committed?.(value);
              resolve(value);
            } catch (error) {
              reject(error);
            }
          };
        },
        reject,
      });
      running ??= runQueue();
    });
  }

  async function runQueue(): Promise<void> {
    await endOfTurn();
    while (queue.length > 0) {
      const batch = queue;
      queue = [];
      await commitTogether(batch);
    }
    running = null;
  }

  async function commitTogether(batch: Job[]): Promise<void> {
    const done: { settle(): void; reject(error: unknown): void }[] = [];
    try {
      writer.run('begin immediate');
      for (const job of batch) {
        const settle = await inSavepoint(job);
        if (settle) done.push({ settle, reject: job.reject });
      }
      writer.run('commit');
    } catch (error) {
      if (writer.inTransaction) writer.run('rollback');
      for (const job of batch) job.reject(error);
      return;
    }
    for (const { settle } of done) settle();
  }

  /** A failed statement fails its whole transaction, even one whose error was swallowed: the other database knows no other way. */
  function throwIfFailed(): void {
    if (failed) throw failed.error;
  }

  /** A failed job takes back its own changes and nobody else's. */
  async function inSavepoint(job: Job): Promise<(() => void) | null> {
    writer.run('savepoint job');
    failed = null;
    try {
      const settle = await job.run();
      throwIfFailed();
      writer.run('release job');
      return settle;
    } catch (error) {
      // A full disk or an I/O error ends the whole transaction by itself.
      if (!writer.inTransaction) throw error;
      writer.run('rollback to job');
      writer.run('release job');
      job.reject(error);
      return null;
    }
  }

  return {
    dialect: 'sqlite',
    tables,
    search: createSearch(writer),
    read,
    tx: (fn, committed) => enqueue(() => fn(write), committed),
    append: (drafts, times, committed) => enqueue(() => appendAll(drafts, times), committed),
    async ping() {
      reader.query('select 1').get();
    },
    get queueLength() {
      return queue.length;
    },
    async close() {
      while (running) await running;
      closed = true;
      reader.close();
      if (options.file.checkpointPages > 0) writer.run('pragma wal_checkpoint(truncate)');
      writer.close();
    },
  };
}

/** Reports every statement that fails. Drizzle asks for each with `query`, which keeps and gives back the same one. */
function watchStatements(db: Database, report: (error: unknown) => void): void {
  const query = db.query.bind(db);
  const watched = new WeakSet<object>();
  db.query = (sql: string) => {
    const statement = query(sql);
    if (!watched.has(statement)) {
      watched.add(statement);
      for (const method of ['all', 'get', 'run', 'values'] as const) watch(statement, method, report);
    }
    return statement as never;
  };
}

function watch(statement: object, method: string, report: (error: unknown) => void): void {
  const perform: unknown = Reflect.get(statement, method);
  if (typeof perform !== 'function') return;
  const value = (...values: unknown[]): unknown => {
    try {
      return Reflect.apply(perform, statement, values);
    } catch (error) {
      report(error);
      throw error;
    }
  };
  Object.defineProperty(statement, method, { value });
}

/** Of two processes that switch a new file at once SQLite refuses one without a wait, whatever the timeout: it comes again. */
async function switchToWal(db: Database): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return void db.run('pragma journal_mode = wal');
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'SQLITE_BUSY' || attempt === WAL_TRIES) throw error;
      await Bun.sleep(WAL_PAUSE_MS);
    }
  }
}

function openFile(path: string): Database {
  try {
    mkdirSync(dirname(path), { recursive: true });
    // What people write is for the owner of the process only; the files beside it get the same mode.
    closeSync(openSync(path, 'a', 0o600));
    return new Database(path, { create: true, readwrite: true });
  } catch (error) {
    throw new Error(`DATABASE_URL: cannot open ${path}: ${(error as Error).message}. Is the folder writable?`, { cause: error });
  }
}
