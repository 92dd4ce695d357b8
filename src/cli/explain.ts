import { ConfigError } from '../config.ts';
import { StoreUnavailable } from '../db/errors.ts';
import { CliError } from './command.ts';

export type Explained = { text: string; exitCode: 1 | 2 };

/** Errors of the operating system and of SQLite that a person can do something about. */
const remedies: Record<string, string> = {
  EACCES: 'This user may not use that path. Give it the right, or choose another folder with DATA_DIR.',
  EPERM: 'This user may not use that path. Give it the right, or choose another folder with DATA_DIR.',
  EROFS: 'That file system is read-only. Choose another folder with DATA_DIR.',
  ENOTDIR: 'A part of that path is a file. Choose another folder with DATA_DIR.',
  ENOSPC: 'The disk is full. Make room and try again.',
  EDQUOT: 'The disk quota is used up. Make room and try again.',
  SQLITE_NOTADB: 'DATABASE_URL points to a file that is not a SQLite database. Correct it, or move the file away.',
  SQLITE_CORRUPT: 'The database file is damaged. Restore a backup: chinwag admin restore <file>.',
  SQLITE_BUSY: 'Another program holds the database. Wait until it is done, or stop it.',
  SQLITE_READONLY: 'This user may not write the database file. Give it the right, or choose another folder with DATA_DIR.',
  SQLITE_CANTOPEN: 'The database file cannot be opened. Is its folder there, and may this user write to it?',
  SQLITE_FULL: 'The disk is full. Make room and try again.',
};

/** What a person is told when a command fails. Only what nobody foresaw comes with its stack. */
export function explain(error: unknown): Explained {
  if (!(error instanceof Error)) return { text: `Something was thrown that is no error: ${String(error)}`, exitCode: 1 };
  if (error instanceof CliError) return { text: error.message, exitCode: error.exitCode };
  if (error instanceof ConfigError || error instanceof StoreUnavailable) return { text: error.message, exitCode: 1 };
  if (isSentence(error)) return { text: error.message, exitCode: 1 };
  const code = codeOf(error);
  if (code.startsWith('ERR_PARSE_ARGS')) return { text: error.message, exitCode: 2 };
  const remedy = remedies[code] ?? remedies[code.split('_').slice(0, 2).join('_')];
  if (remedy) return { text: `${error.message}\n${remedy}`, exitCode: 1 };
  return { text: `Unexpected: ${error.stack ?? error.message}`, exitCode: 1 };
}

/** Start-up speaks in whole sentences when the database cannot be opened or is newer than this program, or the kept secret is damaged. */
function isSentence(error: Error): boolean {
  return /^DATABASE_URL: |^The database was used by a newer version| is damaged: /.test(error.message);
}

function codeOf(error: Error): string {
  const { code } = error as Error & { code?: unknown };
  return typeof code === 'string' ? code : '';
}
