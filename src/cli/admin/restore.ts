import { Database } from 'bun:sqlite';
import {
  chmodSync,
  chownSync,
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readConfig } from '../../config.ts';
import { newId } from '../../lib/id.ts';
import { CliError } from '../command.ts';
import { requireSqliteFile } from '../database.ts';
import { openNamed, requireSound } from './check.ts';

const SIDE_FILES = ['-wal', '-shm', '-journal'];

/**
 * Puts a backup in the place of the database. Everything that can go wrong goes wrong on a copy beside it; the swap
 * itself is one rename. The new epoch tells clients that what they hold may never have been: they read it all afresh.
 */
export async function restore(args: string[]): Promise<number> {
  const { positionals } = parseArgs({ args, options: {}, allowPositionals: true });
  if (positionals.length !== 1 || !positionals[0]) throw new CliError('Say from where: chinwag admin restore <file>', 2);
  const source = resolve(positionals[0]);
  const target = requireSqliteFile(
    readConfig(),
    `This is for SQLite. With Postgres, while the server is stopped:
  pg_restore --clean --if-exists --no-owner --dbname="$DATABASE_URL" ${JSON.stringify(positionals[0])}
  psql "$DATABASE_URL" -c "update setting set value = gen_random_uuid()::text where key = 'epoch'"`,
  );
  if (!existsSync(source)) throw new CliError(`There is no file ${source}.`);
  if (source === target) throw new CliError('That is the database itself; name a backup of it.');

  mkdirSync(dirname(target), { recursive: true });
  const fresh = `${target}.restoring`;
  try {
    copyWithLog(source, fresh);
    prepare(fresh, source);
    const aside = existsSync(target) ? keepAside(target, fresh) : null;
    renameSync(fresh, target);
    syncFolder(dirname(target));
    console.log(`Restored ${source}\n      to ${target}.`);
    if (aside !== null) console.log(`The database that was there is now ${aside}.`);
    return 0;
  } finally {
    removeAll(fresh);
  }
}

/** A copy that somebody made by hand may have its write-ahead log beside it: the two belong together. */
function copyWithLog(source: string, fresh: string): void {
  removeAll(fresh);
  openNamed(source).close();
  copyFileSync(source, fresh);
  if (existsSync(`${source}-wal`)) copyFileSync(`${source}-wal`, `${fresh}-wal`);
}

function prepare(fresh: string, name: string): void {
  const db = new Database(fresh, { readwrite: true });
  try {
    db.run('pragma journal_mode = delete');
    db.run('pragma synchronous = full');
    requireSound(db, name);
    db.run("insert into setting (key, value) values ('epoch', ?1) on conflict (key) do update set value = ?1", [newId()]);
  } finally {
    db.close();
  }
}

/**
 * The old database under a name of its own. A server has its file open in WAL mode, which nobody can leave while
 * somebody else is connected: that is the test. Leaving it also moves the log into the file.
 */
function keepAside(target: string, fresh: string): string {
  requireClosed(target);
  // Restored by root, still written by the server's own user.
  const { uid, gid, mode } = statSync(target);
  chownSync(fresh, uid, gid);
  chmodSync(fresh, mode);
  const aside = `${target}.before-${new Date().toISOString().replace(/[-:]|\.\d+/g, '')}`;
  if (existsSync(aside)) throw new CliError(`${aside} exists already; wait a second and try again.`);
  linkSync(target, aside);
  for (const suffix of SIDE_FILES) if (existsSync(`${target}${suffix}`)) renameSync(`${target}${suffix}`, `${aside}${suffix}`);
  return aside;
}

function requireClosed(target: string): void {
  const db = new Database(target, { readwrite: true });
  try {
    db.run('pragma busy_timeout = 1000');
    db.run('pragma journal_mode = delete');
    db.run('begin exclusive');
    db.run('rollback');
  } catch (error) {
    const { code } = error as Error & { code?: unknown };
    if (String(code).startsWith('SQLITE_BUSY')) throw new CliError(`A server has ${target} open. Stop it first; nothing was changed.`);
    // A database too damaged to open is one of the reasons to restore a backup.
    if (code !== 'SQLITE_NOTADB' && !String(code).startsWith('SQLITE_CORRUPT')) throw error;
  } finally {
    db.close();
  }
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function removeAll(path: string): void {
  for (const suffix of ['', ...SIDE_FILES]) rmSync(`${path}${suffix}`, { force: true });
}
