import { SQL } from 'bun';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './program.ts';

const BINARIES = '/usr/lib/postgresql';

export type PostgresCluster = {
  url: string;
  /** Where its programs are, pg_dump and psql among them. */
  bin: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** All its processes at once with SIGKILL, as when the machine is gone. */
  kill(): void;
  /** Its processes stand still; connections to it stay open. */
  freeze(): void;
  thaw(): void;
  /** A standby takes writes from when this resolves. */
  promote(): Promise<void>;
  drop(): Promise<void>;
};

/** A Postgres server that a test may stop. `data`: a folder for its tables alone; what it writes ahead stays elsewhere, because without that it ends. */
export async function startPostgres(data?: string): Promise<PostgresCluster> {
  const folder = emptyFolder();
  return startIn(folder, data ?? join(folder, 'data'), (made) => [
    'initdb',
    `--pgdata=${made}`,
    `--waldir=${join(folder, 'wal')}`,
    '--auth=trust',
    '--username=postgres',
    '--encoding=UTF8',
    '--locale=C.UTF-8',
    '--no-sync',
  ]);
}

/** A copy that follows. From when this resolves the primary acknowledges a commit when it is on the disks of both. */
export async function startStandby(primary: PostgresCluster): Promise<PostgresCluster> {
  const copy = (data: string): string[] => ['pg_basebackup', '--pgdata', data, '-R', '--checkpoint=fast', '--no-sync', '--dbname', primary.url];
  const folder = emptyFolder();
  const standby = await startIn(folder, join(folder, 'data'), copy);
  const sql = new SQL(primary.url, { max: 1 });
  // After the copy, so that the standby waits for nobody once it is promoted.
  await sql.unsafe(`alter system set synchronous_standby_names = '*'`);
  await sql`select pg_reload_conf()`;
  const isFollowed = async (): Promise<boolean> => (await sql`select 1 from pg_stat_replication where sync_state = 'sync'`).length > 0;
  while (!(await isFollowed()));
  await sql.close();
  return standby;
}

/** Postgres refuses to run as root, so then its own user does it, or nobody. */
async function startIn(folder: string, data: string, make: (data: string) => string[]): Promise<PostgresCluster> {
  const bin = programs();
  const port = freePort();
  const root = process.getuid?.() === 0;
  const owner = Bun.spawnSync(['id', '-un', 'postgres'], { stderr: 'ignore' }).exitCode === 0 ? 'postgres' : 'nobody';

  async function run(program = '', ...args: string[]): Promise<void> {
    const command = [join(bin, program), ...args];
    const child = Bun.spawn(root ? ['runuser', '-u', owner, '--', ...command] : command, { cwd: folder, stdout: 'ignore', stderr: 'pipe' });
    const [code, err] = await Promise.all([child.exited, new Response(child.stderr).text()]);
    if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}: ${err}`);
  }
  const control = (...args: string[]): Promise<void> => run('pg_ctl', '-D', data, '-w', ...args);
  const start = (): Promise<void> => control('-l', join(folder, 'log'), '-o', `-h 127.0.0.1 -p ${port} -k ${folder}`, 'start');
  const stop = (): Promise<void> => control('-m', 'immediate', 'stop');
  const signal = (name: NodeJS.Signals): void => processesOf(data).forEach((pid) => process.kill(pid, name));

  if (root) Bun.spawnSync(['chown', owner, folder]);
  await run(...make(data));
  await start();
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    bin,
    start,
    stop,
    kill: () => signal('SIGKILL'),
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
    promote: () => control('promote'),
    async drop() {
      if (existsSync(join(data, 'postmaster.pid'))) signal('SIGCONT');
      await stop().catch(() => undefined);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const emptyFolder = (): string => mkdtempSync(join(tmpdir(), 'chinwag-postgres-'));

/** The newest that are installed. */
function programs(): string {
  const versions = existsSync(BINARIES) ? readdirSync(BINARIES).sort((a, b) => Number(b) - Number(a)) : [];
  const bin = versions.map((version) => join(BINARIES, version, 'bin')).find((path) => existsSync(join(path, 'initdb')));
  if (!bin)
    throw new Error(
      `There is no Postgres server below ${BINARIES}, and this test starts one of its own; install it with: apt-get install postgresql`,
    );
  return bin;
}

/** The server first, then those it started, which a server that is gone would not replace. Empty where it does not run. */
function processesOf(data: string): number[] {
  const server = Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]);
  const children = `/proc/${server}/task/${server}/children`;
  return existsSync(children) ? [server, ...readFileSync(children, 'utf8').split(' ').filter(Boolean).map(Number)] : [];
}
