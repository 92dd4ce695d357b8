/** `bun run build` makes dist/chinwag. `bun src/cli/build.ts pages` stops before the binary. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { copyDocsUi } from './build-docs-ui.ts';
import { buildWeb } from './build-web.ts';
import { STAMP } from './files.ts';

const dist = join(import.meta.dir, '../../dist');
const folders = ['drizzle/sqlite', 'drizzle/postgres', 'dist/web', 'dist/docs-ui'];

const [what, ...rest] = process.argv.slice(2);
await buildPages();
if (what !== 'pages') process.exitCode = await compile(what === undefined ? rest : [what, ...rest]);

async function buildPages(): Promise<void> {
  for (const name of ['web', 'docs-ui']) {
    rmSync(join(dist, name), { recursive: true, force: true });
    mkdirSync(join(dist, name), { recursive: true });
  }
  await buildWeb(join(dist, 'web'));
  await copyDocsUi(join(dist, 'docs-ui'));
  await Bun.write(join(dist, STAMP), '');
}

/** Further options go to `bun build`, for example --target=bun-linux-arm64. A bunfig.toml beside the binary is not obeyed. */
function compile(options: string[]): Promise<number> {
  const assets = folders.flatMap((folder) => ['--asset', `./${folder}`]);
  const flags = ['--compile', '--production', '--bytecode', '--format=esm', '--no-compile-autoload-bunfig'];
  const command = [process.execPath, 'build', 'src/main.ts', ...flags, ...assets, '--outfile', 'dist/chinwag', ...options];
  return Bun.spawn(command, { cwd: join(dist, '..'), stdout: 'inherit', stderr: 'inherit' }).exited;
}
