import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** What is measured with and against has packages of its own, installed when they are first needed, so that the product carries none of them. */
export function install(folder: string, what: string): void {
  if (!Bun.which('node') || !Bun.which('npm')) throw new Error(`${what} runs on Node 20: install node and npm.`);
  if (existsSync(join(folder, 'node_modules/.package-lock.json'))) return;
  const { exitCode, stderr } = Bun.spawnSync(['npm', 'ci', '--omit=dev', '--no-audit', '--no-fund'], { cwd: folder });
  if (exitCode !== 0) throw new Error(`npm ci failed in ${folder}:\n${stderr.toString()}`);
}
