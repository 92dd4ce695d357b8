import { isPage } from '../path.ts';

/** What the pages of one build are made of. */
export type Shell = {
  /** Another one with every change of any file. */
  version: string;
  /** Begins each page; its name changes with its content. */
  script: string;
  /** Everything with a hash in its name. */
  files: readonly string[];
};

/** What of a worker is used here. */
export type Surroundings = {
  origin: string;
  caches: Pick<CacheStorage, 'open' | 'keys' | 'delete' | 'match'>;
  fetch(request: Request | string): Promise<Response>;
  after(ms: number): Promise<void>;
};

const PREFIX = 'shell ';
/** The document that stands for every page. */
const DOCUMENT = '/';
/** After so long without an answer the kept page is shown; the network is only called so. */
const PATIENCE_MS = 3_000;

/**
 * The pages without a network: the document and its files, as they were when this version was installed. Nothing else is ever kept,
 * so there is nothing in it of whoever is signed in, and nothing to wipe when they sign out.
 */
export function createShell({ version, script, files }: Shell, { origin, caches, fetch, after }: Surroundings) {
  const name = PREFIX + version;

  /** All of it or nothing: rejects where the server has another version by now, whose files would not fit. */
  async function keep(): Promise<void> {
    const document = await fetch(DOCUMENT);
    if (!document.ok || !(await document.clone().text()).includes(script)) throw new Error('The server has another version by now.');
    const cache = await caches.open(name);
    await cache.addAll([...files]);
    await cache.put(DOCUMENT, document);
  }

  async function dropOthers(): Promise<void> {
    const others = (await caches.keys()).filter((other) => other.startsWith(PREFIX) && other !== name);
    await Promise.all(others.map((other) => caches.delete(other)));
  }

  /** Null: that is none of ours, the browser asks for it as if nobody stood between. */
  function answer(request: Pick<Request, 'method' | 'url' | 'mode'> & Request): Promise<Response> | null {
    const url = new URL(request.url);
    if (request.method !== 'GET' || url.origin !== origin) return null;
    if (request.mode === 'navigate') return isPage(url.pathname) ? page(request) : null;
    return files.includes(url.pathname) ? file(request) : null;
  }

  /** The server's own where it answers, so that a reload always brings the present version. */
  async function page(request: Request): Promise<Response> {
    const fresh = fetch(request).then(
      (response) => (response.status < 500 ? response : null),
      () => null,
    );
    const inTime = await Promise.race([fresh, after(PATIENCE_MS).then(() => null)]);
    return inTime ?? (await caches.match(DOCUMENT, { cacheName: name })) ?? (await fresh) ?? Response.error();
  }

  /** What has its hash in its name is the same wherever it comes from. */
  async function file(request: Request): Promise<Response> {
    return (await caches.match(request, { cacheName: name })) ?? fetch(request);
  }

  return { keep, dropOthers, answer };
}
