import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { BuildArtifact, BunPlugin } from 'bun';
import type { Shell } from '../ui/offline/shell.ts';
import { emojiFiles } from './build-emoji.ts';

export type BuiltFile = { path: string; bytes: number; gzipBytes: number | null };

const source = join(import.meta.dir, '../ui');
const TEXT = /\.(?:html|js|css|svg|json|webmanifest)$/;

/**
 * Builds the web chat into `outdir`: index.html, assets/ with the hash of their content in the name, the service worker at the top,
 * where its scope is everything and its name never changes, and beside each text
 * file its .br and .gz, compressed once and as well as can be. Empties the folder first.
 */
export async function buildWeb(outdir: string): Promise<BuiltFile[]> {
  const built = await Bun.build({
    entrypoints: [join(source, 'index.html')],
    target: 'browser',
    minify: true,
    splitting: true,
    publicPath: '/',
    naming: { entry: '[name].[ext]', chunk: 'assets/[name]-[hash].[ext]', asset: 'assets/[name]-[hash].[ext]' },
    define: production,
    plugins: [plainStyles],
  });
  const worker = await Bun.build({
    entrypoints: [join(source, 'offline/service-worker.ts')],
    target: 'browser',
    format: 'iife',
    minify: true,
    naming: '[name].[ext]',
    define: { SHELL: JSON.stringify(await shellOf(built.outputs)) },
  });
  await rm(outdir, { recursive: true, force: true });
  await mkdir(outdir, { recursive: true });
  const files = await Promise.all(
    [...built.outputs, ...worker.outputs].map(
      async (output) => [output.path.replace(/^\.\//, ''), new Uint8Array(await output.arrayBuffer())] as const,
    ),
  );
  const unchanged = served.map(async (path) => [path.slice(1), await Bun.file(join(source, path)).bytes()] as const);
  return Promise.all(
    [...files, ...(await emojiFiles()), ...(await Promise.all(unchanged))].map(([path, bytes]) => write(outdir, path, withInstallable(path, bytes))),
  );
}

/** Served as they are, under the names that they have. */
const served = [
  '/favicon.svg',
  '/manifest.webmanifest',
  ...['icon-192', 'icon-512', 'maskable-512', 'apple-touch-180'].map((name) => `/icons/${name}.png`),
];

/** Put in after the bundling, which knows no address that stays as it is. An installed chat is known by these. */
const installable = '<link rel="manifest" href="/manifest.webmanifest" /><link rel="apple-touch-icon" href="/icons/apple-touch-180.png" />';

function withInstallable(path: string, bytes: Uint8Array): Uint8Array {
  return path === 'index.html' ? new TextEncoder().encode(new TextDecoder().decode(bytes).replace('</head>', `${installable}</head>`)) : bytes;
}

/** What the worker keeps of this build. */
async function shellOf(outputs: readonly BuildArtifact[]): Promise<Shell> {
  const files = outputs.map(({ path }) => path.replace(/^\.?\/?/, '/')).filter((path) => path.startsWith('/assets/'));
  const page = (await outputs.find(({ path }) => path.endsWith('index.html'))?.text()) ?? '';
  const script = /<script[^>]* src="([^"]+)"/.exec(page)?.[1];
  if (script === undefined || !files.includes(script)) throw new Error('The page has no script of its own.');
  return { version: Bun.hash(page + files.join(' ')).toString(36), script, files };
}

/** Otherwise the bundle holds the development build of React. Put together, because naming it would look like reading it. */
const production = { [['process', 'env', 'NODE_ENV'].join('.')]: '"production"' };

/**
 * The styles as they are written, in one file without comments. Bun's own bundler of styles rewrites `inline-start` and
 * `:dir()` into lists of languages, for browsers of 2020: twice the size, and wrong where a text runs the other way.
 */
const plainStyles: BunPlugin = {
  name: 'plain styles',
  setup(build) {
    build.onLoad({ filter: /\.css$/ }, async ({ path }) => ({ contents: squeeze(await inline(path)), loader: 'file' }));
  },
};

async function inline(path: string): Promise<string> {
  const text = await readFile(path, 'utf8');
  const pieces = text.split(/^@import '(.+)';$/m);
  const inlined = await Promise.all(pieces.map(async (piece, i) => (i % 2 === 0 ? piece : inline(join(dirname(path), piece)))));
  return inlined.join('\n');
}

function squeeze(css: string): string {
  return css
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?([{};,>]) ?/g, '$1')
    .replace(/;\}/g, '}')
    .trim();
}

async function write(outdir: string, path: string, bytes: Uint8Array): Promise<BuiltFile> {
  const target = join(outdir, path);
  await Bun.write(target, bytes);
  if (!TEXT.test(path)) return { path, bytes: bytes.byteLength, gzipBytes: null };
  const [br, gz] = await Promise.all([
    promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.byteLength } }),
    promisify(gzip)(bytes, { level: 9 }),
  ]);
  await Promise.all([Bun.write(`${target}.br`, br), Bun.write(`${target}.gz`, gz)]);
  return { path, bytes: bytes.byteLength, gzipBytes: gz.byteLength };
}

if (import.meta.main) {
  const outdir = process.argv[2] ?? join(import.meta.dir, '../../dist/web');
  for (const { path, bytes, gzipBytes } of await buildWeb(outdir))
    console.log(`${path}  ${bytes} bytes${gzipBytes === null ? '' : `, ${gzipBytes} gzip`}`);
}
