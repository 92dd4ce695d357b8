import { storeOptions } from '../app.ts';
import { sqliteFile, type Config } from '../config.ts';
import { openStore, type Store } from '../db/store.ts';
import { CliError } from './command.ts';
import { programFiles } from './files.ts';

/** The database of the configuration. `migrate: false` leaves its schema as it is. */
export function openDatabase(config: Config, options: { migrate?: boolean } = {}): Promise<Store> {
  return openStore({ ...storeOptions(config, programFiles()), ...options });
}

export const isSqlite = (config: Config): boolean => config.databaseUrl.startsWith('sqlite:');

/** Where the data is, for a person to read: never with the password. */
export function placeOf(config: Config): string {
  if (isSqlite(config)) return sqliteFile(config);
  const { hostname, port, pathname } = new URL(config.databaseUrl);
  return `Postgres at ${hostname}${port && `:${port}`}${pathname}`;
}

/** Commands that work on the file itself. `instead` says what does the same for Postgres. */
export function requireSqliteFile(config: Config, instead: string): string {
  if (!isSqlite(config)) throw new CliError(instead, 2);
  return sqliteFile(config);
}
