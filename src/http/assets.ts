import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';

type Encoding = 'br' | 'gzip' | 'identity';
type Asset = { bodies: Map<Encoding, Uint8Array<ArrayBuffer>>; headers: Record<string, string>; etag: string };

/** Answers a request for a page or one of its files. Null: it is none of these. */
export type Assets = (request: Request) => Response | null;

/** Scripts and styles come from here alone, nothing is inline, and no other page may frame this one. Pictures may be anywhere. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' https: data:",
  "connect-src 'self' ws: wss:",
  "font-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** Where the web chat has a page: the server answers each with the same document. */
const PAGE = /^\/(?:sign-in\/?|c\/[^/.]+\/?)?$/;
const HASHED = /^\/assets\/[^/]+-[a-z0-9]{8,}\.[a-z0-9]+$/;

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
};
const suffixes: Record<string, Encoding> = { '.br': 'br', '.gz': 'gzip' };

/**
 * Serves a built web folder out of memory. It is read once, for the first page that somebody opens, so that the start need not wait for it, and
 * looked up by its whole path afterwards: a request never becomes a name of a file, so there is nothing to traverse.
 */
export function createAssets(folder: string): Assets {
  if (!existsSync(join(folder, 'index.html')))
    throw new Error(`There is no index.html in ${folder}; build the web chat first (bun src/cli/build-web.ts).`);

  let assets: Map<string, Asset> | null = null;
  return (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return null;
    const { pathname } = new URL(request.url);
    assets ??= readAssets(folder);
    const asset = assets.get(PAGE.test(pathname) ? '/index.html' : pathname);
    return asset ? answer(request, asset) : null;
  };
}

function answer(request: Request, asset: Asset): Response {
  const headers: Record<string, string> = { ...asset.headers, ETag: asset.etag };
  if (matches(request.headers.get('if-none-match'), asset.etag)) return new Response(null, { status: 304, headers });
  const encoding = pickEncoding(request.headers.get('accept-encoding') ?? '', asset.bodies);
  const body = asset.bodies.get(encoding);
  if (encoding !== 'identity') headers['Content-Encoding'] = encoding;
  headers['Content-Length'] = String(body?.byteLength ?? 0);
  return new Response(request.method === 'HEAD' ? null : body, { headers });
}

function readAssets(folder: string): Map<string, Asset> {
  const paths = filesIn(folder);
  const present = new Set(paths);
  const originals = paths.filter((path) => !(extname(path) in suffixes && present.has(path.slice(0, -3))));
  return new Map(originals.map((path) => [`/${path}`, readAsset(folder, path, present)]));
}

function readAsset(folder: string, path: string, present: ReadonlySet<string>): Asset {
  const plain = read(folder, path);
  const bodies = new Map<Encoding, Uint8Array<ArrayBuffer>>([['identity', plain]]);
  for (const [suffix, encoding] of Object.entries(suffixes)) {
    if (present.has(path + suffix)) bodies.set(encoding, read(folder, path + suffix));
  }
  return { bodies, headers: headersOf(`/${path}`), etag: `W/"${Bun.hash(plain).toString(36)}"` };
}

function headersOf(path: string): Record<string, string> {
  return {
    'Content-Type': types[extname(path)] ?? 'application/octet-stream',
    'Cache-Control': HASHED.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache',
    'Content-Security-Policy': CONTENT_SECURITY_POLICY,
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'same-origin',
    'Cross-Origin-Opener-Policy': 'same-origin',
    Vary: 'Accept-Encoding',
  };
}

/** The smallest form that the client takes. */
function pickEncoding(accepted: string, bodies: ReadonlyMap<Encoding, unknown>): Encoding {
  const takes = new Set(
    accepted.split(',').flatMap((part) => {
      const [name = '', ...parameters] = part.split(';').map((word) => word.trim().toLowerCase());
      return parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter)) ? [] : [name];
    }),
  );
  if (takes.has('br') && bodies.has('br')) return 'br';
  return takes.has('gzip') && bodies.has('gzip') ? 'gzip' : 'identity';
}

function matches(known: string | null, etag: string): boolean {
  return known !== null && known.split(',').some((tag) => tag.trim() === etag || tag.trim() === '*');
}

/** Paths below the folder, with slashes. Walked by hand: the folder may be inside the binary. */
function filesIn(folder: string, below = ''): string[] {
  return readdirSync(join(folder, below)).flatMap((name) => {
    const path = below === '' ? name : `${below}/${name}`;
    return statSync(join(folder, path)).isDirectory() ? filesIn(folder, path) : [path];
  });
}

function read(folder: string, path: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(join(folder, path)));
}
