import type { SQL } from 'bun';
import { createMigrationTable, MIGRATION_TABLE, pendingMigrations, readMigrations } from './migrate.ts';

/** Any number of our own, the same in every version. */
const LOCK = 0x636877;

/** Processes that start together wait for each other on an advisory lock, which ends with its transaction. */
export async function migratePostgres(sql: SQL, folder: string): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`set local statement_timeout = 0`;
    await tx`select pg_advisory_xact_lock(${LOCK})`;
    await tx.unsafe(createMigrationTable);
    const applied: { name: string }[] = await tx.unsafe(`select name from ${MIGRATION_TABLE}`);
    for (const { name, statements } of pendingMigrations(
      readMigrations(folder),
      applied.map((row) => row.name),
    )) {
      for (const statement of statements) await tx.unsafe(statement);
      await tx.unsafe(`insert into ${MIGRATION_TABLE} values ($1, $2)`, [name, Date.now()]);
    }
  });
}
