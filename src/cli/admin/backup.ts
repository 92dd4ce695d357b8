import { Database } from 'bun:sqlite';
import { chmodSync, existsSync, linkSync, rmSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { backup as copyPages, DatabaseSync } from 'node:sqlite';
import { parseArgs } from 'node:util';
import { readConfig } from '../../config.ts';
import { CliError } from '../command.ts';
import { requireSqliteFile } from '../database.ts';
import { requireSound } from './check.ts';

/** All pages in one step: a reader of a WAL database blocks no writer, and a step that is not interrupted never starts over. */
const PAGES_PER_STEP = 2 ** 31 - 1;
/** It holds what everybody wrote, and the hashes of their passwords. */
const OWNER_ONLY = 0o600;

/**
 * Copies the database as it is at one moment, while the server goes on writing. The file appears under its name only
 * when it is complete and checked.
 */
export async function backup(args: string[]): Promise<number> {
  const { positionals } = parseArgs({ args, options: {}, allowPositionals: true });
  if (positionals.length !== 1 || !positionals[0]) throw new CliError('Say where to: chinwag admin backup <file>', 2);
  const target = resolve(positionals[0]);
  const source = requireSqliteFile(
    readConfig(),
    `This is for SQLite. With Postgres:\n  pg_dump --format=custom --no-owner --file=${JSON.stringify(positionals[0])} "$DATABASE_URL"`,
  );
  if (!existsSync(source)) throw new CliError(`There is no database at ${source}.`);
  if (existsSync(target)) throw new CliError(`${target} exists; a backup never overwrites. Choose another name.`);

  const partial = `${target}.partial`;
  rmSync(partial, { force: true });
  try {
    await copyDatabase(source, partial);
    chmodSync(partial, OWNER_ONLY);
    makeSingleFile(partial);
    publish(partial, target);
  } finally {
    for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(`${partial}${suffix}`, { force: true });
  }
  console.log(`Backed up ${source}\n       to ${target} (${statSync(target).size.toLocaleString('en')} bytes, checked).`);
  return 0;
}

async function copyDatabase(source: string, target: string): Promise<void> {
  const from = new DatabaseSync(source, { readOnly: true });
  try {
    await copyPages(from, target, { rate: PAGES_PER_STEP });
  } finally {
    from.close();
  }
}

/** Checked, and without a write-ahead log beside it: one file is the whole backup. */
function makeSingleFile(path: string): void {
  const db = new Database(path, { readwrite: true });
  try {
    db.run('pragma journal_mode = delete');
    requireSound(db, 'The database');
  } finally {
    db.close();
  }
}

/** A link fails where the name is taken, also when it was taken a moment ago. */
function publish(partial: string, target: string): void {
  try {
    linkSync(partial, target);
  } catch (error) {
    throw new CliError(`${target} cannot be written: ${(error as Error).message}.`);
  }
}
