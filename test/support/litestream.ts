import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PROGRAM = join(import.meta.dir, '../../node_modules/@flydotio/litestream-linux-x64/litestream');

export type Litestream = {
  /** Begins to copy; ends when it is killed. */
  replicate(): void;
  /** As when the machine is gone. */
  kill(): Promise<void>;
  /** Makes a file of what was copied so far. Says whether there was anything. */
  restore(file: string): Promise<boolean>;
};

/**
 * Litestream may lose what is committed while it checkpoints (https://github.com/benbjohnson/litestream/pull/1337): the copy is then damaged,
 * the database is not. So it checkpoints seldom, as docs/deploy.md says, and never as long as a test takes.
 */
const CHECKPOINTS = ['checkpoint-interval: 1h', 'min-checkpoint-page-count: 100000', 'max-checkpoint-page-count: 200000'];

/** Copies a database to a folder, with the configuration that docs/deploy.md shows but for the place. */
export function createLitestream(database: string, copy: string): Litestream {
  if (!existsSync(PROGRAM)) throw new Error(`There is no ${PROGRAM}; it is a package for Linux on x64 that bun install brings`);
  const config = join(copy, 'litestream.yml');
  const replica = ['type: file', `path: ${join(copy, 'chinwag')}`, 'retention: 72h', 'snapshot-interval: 6h'];
  const lines = [...CHECKPOINTS.map((line) => `    ${line}`), '    replicas:', ...replica.map((line, i) => `      ${i === 0 ? '-' : ' '} ${line}`)];
  writeFileSync(config, ['dbs:', `  - path: ${database}`, ...lines, ''].join('\n'));
  const start = (...args: string[]) => Bun.spawn([PROGRAM, ...args], { stdout: 'ignore', stderr: 'ignore' });
  let running: Bun.Subprocess | null = null;
  return {
    replicate: () => void (running = start('replicate', '-config', config)),
    async kill() {
      running?.kill('SIGKILL');
      await running?.exited;
    },
    restore: async (file) => (await start('restore', '-config', config, '-o', file, database).exited) === 0,
  };
}
