import { describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { configEntries, readConfig } from '../../src/config.ts';

const root = join(import.meta.dir, '../..');
const read = (path: string): Promise<string> => Bun.file(join(root, path)).text();

type Fly = {
  kill_signal: string;
  kill_timeout: number;
  build: { dockerfile: string };
  deploy?: { strategy: string };
  env: Record<string, string>;
  mounts?: { destination: string }[];
  http_service: {
    internal_port: number;
    auto_stop_machines: string;
    min_machines_running: number;
    concurrency: { type: string; hard_limit: number };
    checks: { path: string }[];
  };
};

const config = readConfig({}, {});
const names = configEntries().map(({ name }) => name);
const dockerfile = await read('Dockerfile');
const several = 'docs/fly-several.toml';

for (const path of ['fly.toml', several]) {
  const fly = Bun.TOML.parse(await read(path)) as Fly;
  describe(path, () => {
    test('sets what the program knows, and to what it takes', () => {
      expect(Object.keys(fly.env).filter((name) => !names.includes(name))).toEqual([]);
      expect(readConfig({}, fly.env).publicUrl).toBe(fly.env.PUBLIC_URL ?? '');
    });

    test('leads to the port of the image, and asks it whether it is ready', async () => {
      expect(await Bun.file(join(root, fly.build.dockerfile)).exists()).toBe(true);
      expect(dockerfile).toContain(`PORT=${fly.http_service.internal_port}`);
      expect(fly.http_service.checks.map((check) => check.path)).toEqual(['/readyz']);
    });

    test('gives the program the time that it takes to end', () => {
      expect(fly.kill_signal).toBe('SIGTERM');
      expect(fly.kill_timeout * 1_000).toBeGreaterThan(config.shutdownTimeoutMs);
    });

    test('sends no more sockets than a process takes, and stops no machine that holds some', () => {
      expect(fly.http_service.concurrency.type).toBe('connections');
      expect(fly.http_service.concurrency.hard_limit).toBeLessThan(config.socketConnectionsMax);
      expect(fly.http_service.auto_stop_machines).toBe('off');
    });

    test(path === several ? 'keeps nothing on a machine, and replaces them in turn' : 'keeps the data of its one machine on a volume', () => {
      if (path !== several) {
        expect(fly.mounts?.map(({ destination }) => `DATA_DIR=${destination}`)).toEqual([/DATA_DIR=\S+/.exec(dockerfile)?.[0] ?? '']);
        expect(fly.http_service.min_machines_running).toBe(1);
        return;
      }
      expect(fly.mounts).toBeUndefined();
      expect(fly.deploy?.strategy).toBe('rolling');
      expect(fly.http_service.min_machines_running).toBeGreaterThan(1);
    });
  });
}

test('the guides name no setting that the program does not know', async () => {
  // Of the tools beside it, and of the shell.
  const others = ['DATABASE_URL', 'LISTEN', 'NOTIFY', 'SIGTERM', 'SIGKILL'];
  for (const page of ['docs/scaling.md', 'docs/deploy.md']) {
    const told = [...(await read(page)).matchAll(/`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?:=[^`]*)?`/g)].map(([, name = '']) => name);
    expect(told.filter((name) => !names.includes(name) && !others.includes(name))).toEqual([]);
  }
});
