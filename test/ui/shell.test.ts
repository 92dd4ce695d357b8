import { describe, expect, test } from 'bun:test';
import { createShell, type Shell } from '../../src/ui/offline/shell.ts';

const origin = 'https://chat.test';
const first: Shell = { version: 'a', script: '/assets/index-aaaaaaaa.js', files: ['/assets/index-aaaaaaaa.js', '/assets/styles-aaaaaaaa.css'] };
const second: Shell = { version: 'b', script: '/assets/index-bbbbbbbb.js', files: ['/assets/index-bbbbbbbb.js'] };

/** The caches of a browser, and a server with the pages of one version, which may be out of reach. */
function createWorld() {
  const stores = new Map<string, Map<string, Response>>();
  const world = {
    serves: first,
    answers: 'at once' as 'at once' | 'never' | 'not at all' | 'with 502',
    asked: [] as string[],
    patience: Promise.withResolvers<void>(),
  };
  const pathOf = (request: RequestInfo | URL): string => new URL(request instanceof Request ? request.url : String(request), origin).pathname;

  async function fetch(request: Request | string): Promise<Response> {
    const path = pathOf(request);
    world.asked.push(path);
    if (world.answers === 'never') return new Promise(() => {});
    if (world.answers === 'not at all') throw new TypeError('Failed to fetch');
    if (world.answers === 'with 502') return new Response('bad gateway', { status: 502 });
    return new Response(`${path} of ${world.serves.script}`);
  }

  const open = async (name: string) => {
    const store = stores.get(name) ?? new Map<string, Response>();
    stores.set(name, store);
    return {
      put: async (path: string, response: Response) => void store.set(path, response),
      addAll: async (paths: string[]) => {
        for (const path of paths) store.set(path, await fetch(path));
      },
    } as unknown as Cache;
  };
  const caches = {
    open,
    keys: async () => [...stores.keys()],
    delete: async (name: string) => stores.delete(name),
    match: async (request: RequestInfo | URL, { cacheName = '' } = {}) => stores.get(cacheName)?.get(pathOf(request))?.clone(),
  };
  const shellOf = (shell: Shell) => createShell(shell, { origin, caches, fetch, after: () => world.patience.promise });
  return { world, stores, shellOf };
}

/** A browser makes requests of this mode itself; nobody else can. */
const visit = (path: string): Request => Object.defineProperty(new Request(origin + path), 'mode', { value: 'navigate' });

describe('the pages without a network', () => {
  test.each(['/', '/sign-in', '/c/0190a8f0'])('%s is shown from what was kept, however the network fails', async (path) => {
    const { world, shellOf } = createWorld();
    const shell = shellOf(first);
    await shell.keep();
    for (const answers of ['not at all', 'with 502'] as const) {
      world.answers = answers;
      const response = await shell.answer(visit(path));
      expect(await response?.text()).toBe(`/ of ${first.script}`);
    }
  });

  test('are the server’s own where it answers, and the kept ones where it takes too long', async () => {
    const { world, shellOf } = createWorld();
    const shell = shellOf(first);
    await shell.keep();
    world.serves = second;
    expect(await (await shell.answer(visit('/')))?.text()).toBe(`/ of ${second.script}`);
    world.answers = 'never';
    const late = shell.answer(visit('/'));
    world.patience.resolve();
    expect(await (await late)?.text()).toBe(`/ of ${first.script}`);
  });

  test('have their files from what was kept, without asking', async () => {
    const { world, shellOf } = createWorld();
    const shell = shellOf(first);
    await shell.keep();
    world.asked.length = 0;
    expect(await (await shell.answer(new Request(origin + first.script)))?.text()).toContain(first.script);
    expect(world.asked).toEqual([]);
  });
});

describe('what is not part of the pages', () => {
  const ours = createWorld().shellOf(first);

  test.each([
    ['the API', new Request(`${origin}/api/chat/me`)],
    ['a page of the API', visit('/api/docs')],
    ['the health of the server', visit('/healthz')],
    ['the worker itself', new Request(`${origin}/service-worker.js`)],
    ['a picture of elsewhere', new Request('https://elsewhere.test/assets/index-aaaaaaaa.js')],
    ['what is sent', new Request(`${origin}/`, { method: 'POST' })],
  ])('%s passes by', (_, request) => expect(ours.answer(request)).toBeNull());

  test('is never kept: only the document and the files of the build are', async () => {
    const { stores, shellOf } = createWorld();
    const shell = shellOf(first);
    await shell.keep();
    await shell.answer(visit('/c/secret'));
    expect([...stores].map(([name, store]) => [name, [...store.keys()].toSorted()])).toEqual([['shell a', ['/', ...first.files]]]);
  });
});

describe('a new version', () => {
  test('takes the place of the old one, and touches nothing else', async () => {
    const { world, stores, shellOf } = createWorld();
    stores.set('of somebody else', new Map());
    await shellOf(first).keep();
    world.serves = second;
    await shellOf(second).keep();
    await shellOf(second).dropOthers();
    expect([...stores.keys()].toSorted()).toEqual(['of somebody else', 'shell b']);
  });

  test('is not installed with the page of another one, nor without a network', async () => {
    const { world, shellOf } = createWorld();
    await expect(shellOf(second).keep()).rejects.toThrow('another version');
    world.answers = 'with 502';
    await expect(shellOf(first).keep()).rejects.toThrow('another version');
  });
});
