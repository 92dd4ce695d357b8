import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Files } from '../app.ts';
import { CliError } from './command.ts';

const project = join(import.meta.dir, '../..');

/** Written when the web build is complete: its time is the time of the build. */
export const STAMP = 'built';

/** What the web build is made from. */
const sources = ['src/ui', 'src/client', 'src/wire', 'src/cli/build-web.ts', 'src/cli/build-emoji.ts', 'package.json'];

/** The files of the program without its pages, for commands that do not serve. */
export function programFiles(): Files {
  return { migrations: Bun.isStandaloneExecutable ? import.meta.dir : join(project, 'drizzle'), web: null, docs: null };
}

/** With the pages: embedded in the binary, otherwise in `dist/`, where they are built when they are missing or old. */
export async function servedFiles(): Promise<Files> {
  const { migrations } = programFiles();
  if (Bun.isStandaloneExecutable) return { migrations, web: join(import.meta.dir, 'web'), docs: join(import.meta.dir, 'docs-ui') };
  const dist = join(project, 'dist');
  if (builtAt(dist) < newestOf(sources.map((source) => join(project, source)))) await buildPages();
  return { migrations, web: join(dist, 'web'), docs: join(dist, 'docs-ui') };
}

function builtAt(dist: string): number {
  return statSync(join(dist, STAMP), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function newestOf(paths: string[]): number {
  return Math.max(...paths.filter((path) => existsSync(path)).flatMap(timesOf));
}

function timesOf(path: string): number[] {
  const { mtimeMs } = statSync(path);
  const inside = statSync(path).isDirectory() ? readdirSync(path, { recursive: true, encoding: 'utf8' }) : [];
  return [mtimeMs, ...inside.map((name) => statSync(join(path, name)).mtimeMs)];
}

/** In a process of its own, so that the bundler's memory is given back before the server starts. */
async function buildPages(): Promise<void> {
  const build = Bun.spawn([process.execPath, join(import.meta.dir, 'build.ts'), 'pages'], { cwd: project, stdout: 'ignore', stderr: 'inherit' });
  if ((await build.exited) !== 0)
    throw new CliError('The web pages could not be built; what is wrong is written above. Is everything installed (bun install)?');
}
