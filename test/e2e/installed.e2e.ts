import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Browser, Page } from 'playwright-core';
import { isKept, until } from './device.ts';
import { launchBrowser, runServer, Visitor, type RunningServer } from './world.ts';

/** Only while nothing changes: to open a cache that is being deleted makes it anew. */
const kept = (page: Page) =>
  page.evaluate(async () => {
    const names = await caches.keys();
    const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return { names, paths: requests.flat().map(({ url }) => new URL(url).pathname) };
  });

/** The worker is there, has kept the pages and looks after this one. */
const installed = (page: Page) => page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated');

describe('the installed chat', () => {
  let server: RunningServer;
  let browser: Browser;
  let ann: Visitor;
  let bob: Visitor;

  beforeAll(async () => {
    [server, browser] = await Promise.all([runServer(), launchBrowser()]);
    [ann, bob] = await Promise.all([Visitor.at(browser, server.url, 'Ann Example'), Visitor.at(browser, server.url, 'Bob Example')]);
    await Promise.all([ann.signUp(), bob.signUp()]);
    await ann.startGroup('Saturday match', 'bob');
    await Promise.all([ann.enter('Saturday match'), bob.enter('Saturday match')]);
    await bob.say('Who brings the ball?');
    await ann.message('Who brings the ball?').waitFor();
  });

  afterAll(async () => {
    await browser?.close();
    await server?.remove();
    expect([ann.complaints, bob.complaints]).toEqual([[], []]);
  });

  test('can be installed, and keeps its pages and nothing of what is said in them', async () => {
    const { page } = ann;
    await installed(page);
    const devtools = await page.context().newCDPSession(page);
    const { errors } = await devtools.send('Page.getAppManifest');
    expect(errors).toEqual([]);
    const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
    // A private window, which this is, is the one thing against it.
    expect(installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== 'in-incognito')).toEqual([]);
    const { names, paths } = await kept(page);
    expect(names).toHaveLength(1);
    expect(paths.filter((path) => path !== '/' && !path.startsWith('/assets/'))).toEqual([]);
  });

  test('is there without a network, with what was read; what is written goes out once when it is back', async () => {
    const { page } = ann;
    ann.outage = bob.outage = true;
    await until(() => isKept(page, 'Who brings the ball?', 'history'));
    await server.kill();
    await page.reload();
    await ann.message('Who brings the ball?').waitFor();
    await page.getByText('No connection.').waitFor();
    await ann.say('I do, written without a network');
    await ann.ticked('written without a network', 'Waiting to be sent').waitFor();
    await page.goto('/');
    await ann.enter('Saturday match');
    await ann.ticked('written without a network', 'Waiting to be sent').waitFor();
    await server.start();
    await bob.message('written without a network').waitFor();
    await ann.ticked('written without a network', 'Read').waitFor();
    await page.getByText('No connection.').waitFor({ state: 'detached' });
    expect([await ann.count('written without a network'), await bob.count('written without a network')]).toEqual([1, 1]);
    ann.outage = bob.outage = false;
  });

  test('a browser that says it is offline makes no difference', async () => {
    const { page } = ann;
    ann.outage = true;
    await until(() => isKept(page, 'written without a network', 'history'));
    await page.context().setOffline(true);
    try {
      await page.reload();
      await ann.message('written without a network').waitFor();
      await ann.say('In the tunnel');
    } finally {
      await page.context().setOffline(false);
    }
    await bob.message('In the tunnel').waitFor();
    await ann.ticked('In the tunnel', 'Read').waitFor();
    expect(await bob.count('In the tunnel')).toBe(1);
    ann.outage = false;
  });

  test('a shortcut leads to the search', async () => {
    await ann.page.goto('/?show=search');
    await ann.page.getByRole('searchbox').waitFor();
    await ann.page.getByRole('region', { name: 'Search messages' }).or(ann.page.getByRole('search')).first().waitFor();
  });

  test('signing out ends it, and nothing of the person is left to be shown without a network', async () => {
    const { page } = ann;
    // The page before may be connecting still: its socket goes with it, and says nothing.
    await page.goto('about:blank');
    const connected = page.waitForEvent('websocket').then((socket) => socket.waitForEvent('framereceived'));
    await page.goto('/');
    await connected;
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Welcome back' }).waitFor();
    expect(await isKept(page, 'Who brings the ball?', 'anywhere')).toBe(false);
    // What was being read at that moment is refused, as it should be.
    ann.complaints.splice(0, ann.complaints.length, ...ann.complaints.filter((complaint) => !complaint.includes('401')));
    ann.outage = bob.outage = true;
    await server.kill();
    await page.reload();
    await page.locator('.logo').first().waitFor();
    expect(await page.getByText('Saturday match').count()).toBe(0);
    await server.start();
    await page.reload();
    await page.getByRole('heading', { name: 'Welcome back' }).waitFor();
    ann.outage = bob.outage = false;
  });
});

describe('an upgrade of the server', () => {
  let server: RunningServer;
  let browser: Browser;
  let ann: Visitor;
  let front: ReturnType<typeof inFront>;

  beforeAll(async () => {
    front = inFront();
    [server, browser] = await Promise.all([runServer({ ALLOWED_ORIGINS: front.url }), launchBrowser()]);
    front.behind = server.url;
    ann = await Visitor.at(browser, front.url, 'Ann Example');
  });

  afterAll(async () => {
    await browser?.close();
    await front?.stop();
    await server?.remove();
    expect(ann.complaints).toEqual([]);
  });

  test('is told to who has a page of the version before, reloads nothing by itself, and once when they want it', async () => {
    const { page } = ann;
    await ann.signUp();
    await installed(page);
    const before = await kept(page);
    let loads = 0;
    page.on('load', () => loads++);
    front.upgraded = true;
    const other = await page.context().newPage();
    await other.goto('/');
    await page.getByText('A new version is there.').waitFor();
    expect(loads).toBe(0);
    expect(await other.getByText('A new version is there.').count()).toBe(0);
    await until(() => page.evaluate(async () => (await caches.keys()).length === 1));
    const after = await kept(page);
    expect(after.names).not.toEqual(before.names);
    expect(after.paths).toContain(front.script());
    await page.getByRole('button', { name: 'Reload' }).click();
    await page.getByText('A new version is there.').waitFor({ state: 'detached' });
    await page.getByRole('heading', { name: 'No conversations yet' }).waitFor();
    expect(loads).toBe(1);
    expect(await page.evaluate(() => document.querySelector('script')?.src)).toEndWith(front.script());
  });
});

type Behind = { socket: WebSocket; open: Promise<void> };

/** A server before the server, with pages that are called otherwise after the upgrade. */
function inFront() {
  const RENAMED = '/assets/index-upgraded.js';
  const front = { behind: '', upgraded: false, url: '', script: () => RENAMED, stop: () => listener.stop(true) };
  let script = '';
  const listener = Bun.serve<Behind>({
    port: 0,
    async fetch(request, listening) {
      const { pathname, search } = new URL(request.url);
      const headers = new Headers(request.headers);
      headers.delete('host');
      if (headers.get('upgrade') === 'websocket') {
        const own = { headers: { cookie: headers.get('cookie') ?? '', origin: front.url }, protocols: ['chinwag.v1'] };
        const socket = new WebSocket(front.behind.replace('http', 'ws') + pathname, own as unknown as string[]);
        const open = new Promise<void>((resolve) => socket.addEventListener('open', () => resolve()));
        listening.upgrade(request, { data: { socket, open }, headers: { 'Sec-WebSocket-Protocol': 'chinwag.v1' } });
        return undefined;
      }
      headers.set('accept-encoding', 'identity');
      const body = request.method === 'GET' || request.method === 'HEAD' ? null : await request.arrayBuffer();
      const path = pathname === RENAMED ? script : pathname;
      const answer = await fetch(front.behind + path + search, { method: request.method, headers, body, redirect: 'manual' });
      const type = answer.headers.get('content-type') ?? '';
      if (!type.startsWith('text/html') && pathname !== '/service-worker.js') return answer;
      const text = await answer.text();
      // The one that the page begins with; the page is asked for before the worker.
      script = /<script[^>]* src="([^"]+)"/.exec(text)?.[1] ?? script;
      const kept = new Headers(answer.headers);
      for (const name of ['etag', 'content-length']) kept.delete(name);
      const renamed = text.replaceAll(script, RENAMED).replace(/version:"[a-z0-9]+"/, 'version:"upgraded"');
      return new Response(front.upgraded ? renamed : text, { status: answer.status, headers: kept });
    },
    websocket: {
      open(page) {
        page.data.socket.addEventListener('message', ({ data }) => page.send(String(data)));
        page.data.socket.addEventListener('close', () => page.close());
      },
      message: ({ data }, text) => void data.open.then(() => data.socket.send(text)),
      close: ({ data }) => data.socket.close(),
    },
  });
  front.url = `http://localhost:${listener.port}`;
  return front;
}
