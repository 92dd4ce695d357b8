/** `bun run dev`: serves, and starts again whenever something below src/ or drizzle/ changes. */
import { watch } from 'node:fs';
import { join } from 'node:path';

const PAUSE_MS = 100;
const project = join(import.meta.dir, '../..');

let server = start();
let pending: Timer | undefined;
let restarting = false;

const watchers = ['src', 'drizzle'].map((folder) => watch(join(project, folder), { recursive: true }, changed));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void finish());

function start(): Bun.Subprocess {
  const child = Bun.spawn([process.execPath, 'src/main.ts', 'serve', ...process.argv.slice(2)], {
    cwd: project,
    stdio: ['inherit', 'inherit', 'inherit'],
  });
  // A server that stopped by itself waits for the next change.
  void child.exited.then((code) => {
    if (!restarting && code !== 0) console.error(`The server ended with code ${code}; it starts again with the next change.`);
  });
  return child;
}

function changed(): void {
  clearTimeout(pending);
  pending = setTimeout(() => void restart(), PAUSE_MS);
}

async function restart(): Promise<void> {
  if (restarting) return changed();
  restarting = true;
  server.kill('SIGTERM');
  await server.exited;
  server = start();
  restarting = false;
}

async function finish(): Promise<void> {
  clearTimeout(pending);
  for (const watcher of watchers) watcher.close();
  restarting = true;
  server.kill('SIGTERM');
  await server.exited;
}
