import { SQL } from 'bun';
import { parseArgs } from 'node:util';
import { readConfig, sqliteFile, type Config } from '../config.ts';
import { MIGRATION_TABLE } from '../db/migrate.ts';
import type { CliCommand } from './command.ts';
import { isSqlite, openDatabase, placeOf } from './database.ts';

export const migrate: CliCommand = {
  summary: 'Bring the schema of the database up to date.',
  usage: `Usage: chinwag migrate

Applies the migrations that the database does not have yet and names them. "serve" does
the same before it listens; this is for those who want it as a step of its own.`,

  async run(args) {
    parseArgs({ args, options: {} });
    const config = readConfig();
    const before = await appliedTo(config);
    const store = await openDatabase(config);
    await store.close();
    const applied = (await appliedTo(config)).filter((name) => !before.includes(name));
    for (const name of applied) console.log(`Applied ${name}`);
    console.log(applied.length > 0 ? `${placeOf(config)} is up to date.` : `Nothing to do: ${placeOf(config)} is up to date.`);
    return 0;
  },
};

/** Names of the applied migrations. A database that was never used has no such table, or no file, yet. */
async function appliedTo(config: Config): Promise<string[]> {
  const database = isSqlite(config)
    ? new SQL({ adapter: 'sqlite', filename: sqliteFile(config), create: false })
    : new SQL(config.databaseUrl, { max: 1 });
  try {
    const rows: { name: string }[] = await database.unsafe(`select name from ${MIGRATION_TABLE}`);
    return rows.map((row) => row.name).sort();
  } catch {
    return [];
  } finally {
    await database.close();
  }
}
