import type { PgAsyncDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import { type Append } from './append.ts';
import type { Search } from './search.ts';
import type { Tables } from './tables/index.ts';

/** What both dialects have; all queries are written against this. */
export type Db = Pick<PgAsyncDatabase<PgQueryResultHKT>, 'select' | 'selectDistinct' | 'insert' | 'update' | 'delete' | 'with' | '$with' | '$count'>;

export interface Store {
  readonly dialect: 'sqlite' | 'postgres';
  readonly tables: Tables;
  /** Reads what is committed. */
  readonly read: Db;
  /**
   * All or nothing; resolves after the commit is durable. `fn` may run again after a deadlock, so it only touches
   * the database it is given and builds everything else anew. Inside it only that database is awaited.
   * `committed` is called once, right after the commit and before anybody is answered: in the order of the commits where there is
   * one writing connection, nearly so where there are several (the kernel's sequencer puts the rest in order).
   */
  tx<T>(fn: (db: Db) => Promise<T>, committed?: (value: T) => void): Promise<T>;
  /** Stores messages in order, each with its own outcome, in one commit. No two drafts share sender, conversation and clientId. */
  readonly append: Append;
  /** Full text of the messages. */
  readonly search: Search;
  /** Rejects with a StoreUnavailable when the database does not answer. */
  ping(): Promise<void>;
  /** Writes waiting for the database. */
  readonly queueLength: number;
  close(): Promise<void>;
}

export type StoreOptions = {
  /** `sqlite:<path>` or `postgres://…` */
  url: string;
  /** Folder with the folders `sqlite` and `postgres` of migrations. */
  migrations: string;
  poolMax: number;
  connectTimeoutMs: number;
  statementTimeoutMs: number;
  file: { cacheBytes: number; checkpointPages: number };
  /** False refuses to change the schema: for commands that only look. */
  migrate?: boolean;
};

/** Only the database that is used is loaded: the others cost time at the start and memory. */
export async function openStore(options: StoreOptions): Promise<Store> {
  if (options.url.startsWith('sqlite:')) return (await import('./store.sqlite.ts')).openSqlite(options);
  return (await import('./store.postgres.ts')).openPostgres(options);
}
