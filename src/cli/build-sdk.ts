/** `bun run build:sdk` makes dist/sdk: what `chinwag/client` and `chinwag/react` are for browsers, Node and TypeScript. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BunPlugin } from 'bun';

const root = join(import.meta.dir, '../..');

export type BuiltSdk = { client: string; react: string };

/** The hooks without the client, of which a page has one already. Both minified as a page would have them. */
export async function bundleSdk(): Promise<BuiltSdk> {
  const outputs = await bundle();
  const named = (name: string): string => outputs.get(`${name}.js`) ?? '';
  return { client: named('client'), react: named('react') };
}

export async function buildSdk(outdir: string): Promise<void> {
  await rm(outdir, { recursive: true, force: true });
  await mkdir(outdir, { recursive: true });
  const tsc = Bun.spawn(['bunx', 'tsc', '-p', 'src/client', '--outDir', join(outdir, 'types')], { cwd: root, stdout: 'inherit', stderr: 'inherit' });
  for (const [path, text] of await bundle()) await Bun.write(join(outdir, path), text);
  if ((await tsc.exited) !== 0) throw new Error('The types of the SDK could not be made.');
}

async function bundle(): Promise<Map<string, string>> {
  const options = { target: 'browser', format: 'esm', minify: true } as const;
  const client = await Bun.build({ ...options, entrypoints: [join(root, 'src/client/index.ts')], naming: 'client.js' });
  const react = await Bun.build({
    ...options,
    entrypoints: [join(root, 'src/client/react/index.ts')],
    naming: 'react.js',
    external: ['react', 'chinwag/client'],
    plugins: [clientApart],
  });
  const built = [...client.outputs, ...react.outputs].map(async (output) => [output.path.replace(/^\.\//, ''), await output.text()] as const);
  return new Map(await Promise.all(built));
}

/** Two copies of the client on one page would not know each other's errors. */
const clientApart: BunPlugin = {
  name: 'the client is another module',
  setup(build) {
    build.onResolve({ filter: /^\.\.\/index\.ts$/ }, () => ({ path: 'chinwag/client', external: true }));
  },
};

if (import.meta.main) await buildSdk(join(root, 'dist/sdk'));
