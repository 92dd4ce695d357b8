import type { Database } from 'bun:sqlite';
import { createMigrationTable, MIGRATION_TABLE, pendingMigrations, readMigrations } from './migrate.ts';

/** The write lock of the transaction is the lock between processes. */
export async function migrateSqlite(db: Database, folder: string): Promise<void> {
  db.run('begin immediate');
  try {
    db.run(createMigrationTable);
    const applied = db.query<{ name: string }, []>(`select name from ${MIGRATION_TABLE}`).all();
    for (const { name, statements } of pendingMigrations(
      readMigrations(folder),
      applied.map((row) => row.name),
    )) {
      for (const statement of statements) db.run(statement);
      db.run(`insert into ${MIGRATION_TABLE} values (?, ?)`, [name, Date.now()]);
    }
    db.run('commit');
  } catch (error) {
    if (db.inTransaction) db.run('rollback');
    throw error;
  }
}
