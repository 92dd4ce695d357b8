import { Database } from 'bun:sqlite';
import { join } from 'node:path';
import { MIGRATION_TABLE, pendingMigrations, readMigrations } from '../../db/migrate.ts';
import { CliError } from '../command.ts';
import { programFiles } from '../files.ts';

/** Throws unless the open database is sound and one of ours, not newer than this program. `name` is what a person calls it. */
export function requireSound(db: Database, name: string): void {
  const [first] = db.query<{ integrity_check: string }, []>('pragma integrity_check(1)').all();
  if (first?.integrity_check !== 'ok')
    throw new CliError(`${name} is damaged: ${first?.integrity_check ?? 'it cannot be checked'}. Nothing was changed.`);
  const table = db.query('select 1 from sqlite_master where type = ? and name = ?').get('table', MIGRATION_TABLE);
  if (!table) throw new CliError(`${name} is not a Chinwag database. Nothing was changed.`);
  const applied = db.query<{ name: string }, []>(`select name from ${MIGRATION_TABLE}`).all();
  pendingMigrations(
    readMigrations(join(programFiles().migrations, 'sqlite')),
    applied.map((row) => row.name),
  );
}

/** Opens a file that somebody named, to read it. */
export function openNamed(path: string): Database {
  try {
    const db = new Database(path, { readonly: true });
    db.query('select count(*) from sqlite_master').get();
    return db;
  } catch (error) {
    throw new CliError(`${path} cannot be read as a SQLite database: ${(error as Error).message}.`);
  }
}
