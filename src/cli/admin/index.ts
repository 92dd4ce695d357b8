import { CliError, type CliCommand } from '../command.ts';
import { backup } from './backup.ts';
import { jobs } from './jobs.ts';
import { createOwner } from './owner.ts';
import { reindex } from './reindex.ts';
import { restore } from './restore.ts';

const commands: Record<string, (args: string[]) => Promise<number>> = { 'create-owner': createOwner, backup, restore, jobs, reindex };

export const admin: CliCommand = {
  summary: 'Make an owner, back up, restore, look at jobs, index again.',
  usage: `Usage: chinwag admin create-owner --email <address> --name <name> [--password]
       chinwag admin backup <file>
       chinwag admin restore <file>
       chinwag admin jobs [--retry]
       chinwag admin reindex

create-owner   Makes an account, or takes the one with that address, and gives it every right:
               owner of the default organisation and administrator of the server. Works while
               the server runs (it notices within PRINCIPAL_CACHE_MS) and while it is stopped.
               --password reads the password from standard input and, for an account that
               exists, replaces it and signs it out everywhere. Without it a new account gets
               a password that is printed once.
backup         Copies the SQLite database into a new file while the server runs. Keep the
               secret in DATA_DIR with it: without that file everybody has to sign in again.
restore        Puts a backup in the place of the database; the server must be stopped. The
               old database is kept beside it. Clients notice and read everything afresh.
jobs           Shows what waits to be done after a commit, by kind, and what was given up: attempts,
               age and error, never contents. --retry has everything that was given up tried again;
               a running server notices within OUTBOX_POLL_MS.
reindex        Has the server put every message into the search index again, while it runs.`,

  async run(args) {
    const [name = '', ...rest] = args;
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (!command) throw new CliError(name === '' ? 'Say what: create-owner, backup, restore, jobs or reindex.' : `There is no "admin ${name}".`, 2);
    return command(rest);
  },
};
