import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Migration = { name: string; statements: string[] };

/** Migrations of one dialect, oldest first. One folder each, as drizzle-kit writes them. */
export function readMigrations(folder: string): Migration[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
    .map((name) => ({
      name,
      statements: readFileSync(join(folder, name, 'migration.sql'), 'utf8')
        .split('--> statement-breakpoint')
        .map((part) => part.trim())
        .filter(Boolean),
    }));
}

/** What is still to apply. Throws where the database knows migrations that this program does not. */
export function pendingMigrations(known: Migration[], applied: string[]): Migration[] {
  const names = new Set(known.map((migration) => migration.name));
  const unknown = applied.filter((name) => !names.has(name));
  if (unknown.length > 0) {
    throw new Error(
      `The database was used by a newer version of Chinwag (its schema has ${unknown.join(', ')}). Start that version or a newer one; nothing was changed.`,
    );
  }
  return known.filter((migration) => !applied.includes(migration.name));
}

export const MIGRATION_TABLE = 'chinwag_migration';
export const createMigrationTable = `create table if not exists ${MIGRATION_TABLE} (name text primary key not null, applied_at bigint not null)`;
