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

/** Copies a database to a folder, with the configuration that docs/deploy.md shows but for the place. */
export function createLitestream(database: string, copy: string): Litestream {
  if (!existsSync(PROGRAM)) throw new Error(`There is no ${PROGRAM}; it is a package for Linux on x64 that bun install brings`);
  const config = join(copy, 'litestream.yml');
  writeFileSync(
    config,
    `dbs:\n  - path: ${database}\n    replicas:\n      - type: file\n        path: ${join(copy, 'chinwag')}\n        retention: 72h\n        snapshot-interval: 6h\n`,
  );
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
