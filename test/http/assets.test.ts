import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { EMOJI_LANGUAGES } from '../../src/cli/build-emoji.ts';
import { buildWeb, type BuiltFile } from '../../src/cli/build-web.ts';
import { createAssets, type Assets } from '../../src/http/assets.ts';
import { isPage } from '../../src/ui/path.ts';

const SCRIPT_GZIP_MAX_BYTES = 150_000;
/** The build takes both cores for a while, which others may need as well. */
const BUILD_TIMEOUT_MS = 60_000;

type Manifest = { icons: { src: string; sizes: string; type: string; purpose?: string }[]; shortcuts: { url: string }[] };

let folder: string;
let built: BuiltFile[];
let assets: Assets;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chinwag-web-'));
  built = await buildWeb(folder);
  assets = createAssets(folder);
}, BUILD_TIMEOUT_MS);
afterAll(() => rm(folder, { recursive: true, force: true }));

const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  assets(new Request(`http://chat.test${path}`, { method, headers }));
const pathOf = (extension: string): string => `/${built.find(({ path }) => path.startsWith('assets/') && path.endsWith(extension))?.path}`;

/** What the page loads before it shows anything: its script, and what that imports at once. */
async function firstScripts(): Promise<string> {
  const seen = new Map<string, string>();
  const read = async (text: string, pattern: RegExp): Promise<void> => {
    for (const [, path = ''] of text.matchAll(pattern)) {
      if (seen.has(path)) continue;
      seen.set(path, await readFile(join(folder, 'assets', path), 'utf8'));
      await read(seen.get(path) ?? '', /(?:from|import)"(?:\.\/|\/assets\/)([^"]+\.js)"/g);
    }
  };
  await read(await readFile(join(folder, 'index.html'), 'utf8'), /\ssrc="\/assets\/([^"]+\.js)"/g);
  expect(seen.size).toBeGreaterThan(0);
  return [...seen.values()].join('\n');
}

describe('the web build', () => {
  test('keeps the script small, and React in its production form', async () => {
    const text = await firstScripts();
    expect(gzipSync(text).byteLength).toBeLessThan(SCRIPT_GZIP_MAX_BYTES);
    expect(text).not.toContain('Invalid hook call. Hooks can only be called');
    expect(text).not.toContain('ZodError');
  });

  test('fetches the emoji picker when it is opened, and its data from us', async () => {
    expect(await firstScripts()).not.toContain('frimousse');
    for (const language of EMOJI_LANGUAGES) {
      const response = get(`/emoji/${language}/data.json`, { 'accept-encoding': 'br' });
      expect(response?.headers.get('content-type')).toBe('application/json');
      expect(response?.headers.get('content-encoding')).toBe('br');
    }
  });

  test('leaves the styles as they are written, right-to-left and all', async () => {
    const styles = await readFile(join(folder, pathOf('.css')), 'utf8');
    expect(styles).toContain('border-inline-start');
    expect(styles).not.toContain(':lang(');
    expect(styles).not.toContain('@import');
    expect(styles.split('{').length).toBe(styles.split('}').length);
  });

  test('has nothing inline in its page', async () => {
    const page = await readFile(join(folder, 'index.html'), 'utf8');
    expect(page).not.toMatch(/<style|<script(?![^>]*\ssrc=)|\son\w+=|\sstyle=/);
  });
});

describe('the service worker', () => {
  test('stands at the top under a name that stays, is asked for anew each time and obeys the same policy', async () => {
    const response = get('/service-worker.js');
    expect(response?.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(response?.headers.get('cache-control')).toBe('no-cache');
    expect(response?.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(await response?.text()).toContain('showNotification');
  });

  test('brings nothing along, and keeps every file of this build', async () => {
    const text = await readFile(join(folder, 'service-worker.js'), 'utf8');
    expect(text.length).toBeLessThan(4_000);
    expect(text).not.toMatch(/\b(?:import|export)\b/);
    const hashed = built.map(({ path }) => `/${path}`).filter((path) => path.startsWith('/assets/'));
    expect(hashed.length).toBeGreaterThanOrEqual(3);
    for (const path of hashed) expect(text).toContain(`"${path}"`);
  });
});

describe('an installed chat', () => {
  test('has a manifest, whose icons and addresses are there', async () => {
    const response = get('/manifest.webmanifest');
    expect(response?.headers.get('content-type')).toBe('application/manifest+json');
    expect(response?.headers.get('cache-control')).toBe('no-cache');
    const manifest: Manifest = await response?.json();
    expect(manifest).toMatchObject({ id: '/', name: 'Chinwag', start_url: '/', scope: '/', display: 'standalone' });
    for (const { sizes, type, src } of manifest.icons) expect([sizes, get(src)?.headers.get('content-type')]).toEqual([sizes, type]);
    expect(manifest.icons.map(({ sizes, purpose }) => `${sizes} ${purpose ?? 'any'}`)).toEqual(
      expect.arrayContaining(['192x192 any', '512x512 any', '512x512 maskable']),
    );
    for (const { url } of manifest.shortcuts) expect(get(url)?.headers.get('content-type')).toBe('text/html; charset=utf-8');
  });

  test('has pictures of the sizes that it names', async () => {
    for (const [path, px] of Object.entries({ 'icon-192': 192, 'icon-512': 512, 'maskable-512': 512, 'apple-touch-180': 180 })) {
      const png = Buffer.from((await get(`/icons/${path}.png`)?.arrayBuffer()) ?? new ArrayBuffer());
      expect([path, png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([path, px, px]);
    }
  });

  test('is named by every page', async () => {
    const page = await get('/')?.text();
    for (const tag of ['<link rel="manifest" href="/manifest.webmanifest"', '<link rel="apple-touch-icon" href="/icons/', '<meta name="theme-color"'])
      expect(page).toContain(tag);
  });
});

describe('the pages and their files', () => {
  test.each(['/', '/sign-in', '/c/0190a8f0-0000-7000-8000-000000000000', '/c/x/'])('%s is the page, asked for anew each time', async (path) => {
    const response = get(path);
    expect(response?.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response?.headers.get('cache-control')).toBe('no-cache');
    expect(await response?.text()).toContain('<div id="root">');
    // The worker answers the same ones without a network.
    expect(isPage(path)).toBe(true);
  });

  test.each([
    '/nothing',
    '/c',
    '/c/a/b',
    '/c/x.js',
    '/sign-in/x',
    '/assets/',
    '/assets/none.js',
    '/index.html.br',
    `/assets/..%2f..%2fpackage.json`,
    '//etc/passwd',
  ])('%s is not ours', (path) => expect([get(path), isPage(path)]).toEqual([null, false]));

  test('other methods are not ours', () => {
    expect(get('/', {}, 'POST')).toBeNull();
  });

  test.each([
    ['br, gzip', 'br', brotliDecompressSync],
    ['gzip', 'gzip', gunzipSync],
    ['br;q=0, gzip;q=0.5', 'gzip', gunzipSync],
    ['', null, (bytes: Uint8Array) => bytes],
    ['br;q=0.0, gzip;q=0', null, (bytes: Uint8Array) => bytes],
  ])('a client that takes "%s" gets %s', async (accepted, encoding, decode) => {
    const path = pathOf('.js');
    const response = get(path, { 'accept-encoding': accepted });
    expect(response?.headers.get('content-encoding')).toBe(encoding);
    expect(response?.headers.get('vary')).toBe('Accept-Encoding');
    const body = new Uint8Array((await response?.arrayBuffer()) ?? new ArrayBuffer());
    expect(response?.headers.get('content-length')).toBe(String(body.byteLength));
    expect(Buffer.from(decode(body)).equals(await readFile(join(folder, path)))).toBe(true);
  });

  test('what has its hash in its name is kept for ever', () => {
    for (const extension of ['.js', '.css', '.svg'])
      expect(get(pathOf(extension))?.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(get('/favicon.svg')?.headers.get('cache-control')).toBe('no-cache');
  });

  test('who has it already gets no second copy', async () => {
    const etag = get('/')?.headers.get('etag') ?? '';
    const again = get('/', { 'if-none-match': `"other", ${etag}` });
    expect(again?.status).toBe(304);
    expect(await again?.text()).toBe('');
    expect(get('/', { 'if-none-match': '"other"' })?.status).toBe(200);
  });

  test('HEAD answers the same without the body', async () => {
    const response = get('/', {}, 'HEAD');
    expect(response?.status).toBe(200);
    expect(Number(response?.headers.get('content-length'))).toBeGreaterThan(100);
    expect(await response?.text()).toBe('');
  });

  test('every answer carries the policy', () => {
    for (const path of ['/', '/favicon.svg', pathOf('.js')]) {
      const headers = get(path)?.headers;
      expect(headers?.get('content-security-policy')).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data:; connect-src 'self' ws: wss:; font-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
      );
      expect(headers?.get('x-content-type-options')).toBe('nosniff');
      expect(headers?.get('referrer-policy')).toBe('same-origin');
    }
  });

  test('a folder that was not built is told in words', () => {
    expect(() => createAssets(join(folder, 'assets'))).toThrow('build the web chat first');
  });
});
