import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
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
  drop(): Promise<void>;
};

/** A Postgres server that a test may stop. It refuses to run as root, so then its own user does it, or nobody. */
export async function startPostgres(): Promise<PostgresCluster> {
  const [version] = readdirSync(BINARIES).sort((a, b) => Number(b) - Number(a));
  const bin = join(BINARIES, version ?? '', 'bin');
  const folder = mkdtempSync(join(tmpdir(), 'chinwag-postgres-'));
  const port = freePort();
  const root = process.getuid?.() === 0;
  const owner = Bun.spawnSync(['id', '-un', 'postgres'], { stderr: 'ignore' }).exitCode === 0 ? 'postgres' : 'nobody';

  async function run(...command: string[]): Promise<void> {
    const child = Bun.spawn(root ? ['runuser', '-u', owner, '--', ...command] : command, { cwd: folder, stdout: 'ignore', stderr: 'pipe' });
    const [code, err] = await Promise.all([child.exited, new Response(child.stderr).text()]);
    if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}: ${err}`);
  }
  const control = (...args: string[]): Promise<void> => run(join(bin, 'pg_ctl'), '-D', join(folder, 'data'), '-w', ...args);
  const start = (): Promise<void> => control('-l', join(folder, 'log'), '-o', `-h 127.0.0.1 -p ${port} -k ${folder}`, 'start');
  const stop = (): Promise<void> => control('-m', 'immediate', 'stop');

  if (root) Bun.spawnSync(['chown', owner, folder]);
  await run(
    join(bin, 'initdb'),
    `--pgdata=${folder}/data`,
    '--auth=trust',
    '--username=postgres',
    '--encoding=UTF8',
    '--locale=C.UTF-8',
    '--no-sync',
  );
  await start();
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    bin,
    start,
    stop,
    async drop() {
      await stop().catch(() => undefined);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
