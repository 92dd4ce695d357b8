import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Browser, Page } from 'playwright-core';
import { isKept, until } from './device.ts';
import { launchBrowser, runServer, Visitor, type RunningServer } from './world.ts';

const TIMEOUT_MS = 60_000;

describe('a person without a connection', () => {
  let server: RunningServer;
  let browser: Browser;
  let ann: Visitor;
  let bob: Visitor;
  let address = '';

  beforeAll(async () => {
    [server, browser] = await Promise.all([runServer(), launchBrowser()]);
    [ann, bob] = await Promise.all([Visitor.at(browser, server.url, 'Ann Example'), Visitor.at(browser, server.url, 'Bob Example')]);
    await Promise.all([ann.signUp(), bob.signUp()]);
    await ann.startGroup('Saturday match', 'bob');
    await Promise.all([ann.row('Saturday match').click(), bob.row('Saturday match').click()]);
    await ann.say('Who brings the ball?');
    await bob.message('Who brings the ball?').waitFor();
    address = ann.page.url();
  }, TIMEOUT_MS);

  afterAll(async () => {
    await browser?.close();
    await server?.remove();
  });

  const later = (name: string, run: () => Promise<void>): void => test(name, run, TIMEOUT_MS);

  /** The page itself comes, nothing else does. */
  async function cut(visitor: Visitor): Promise<() => Promise<void>> {
    visitor.outage = true;
    const { page } = visitor;
    await page.context().route('**/api/**', (route) => route.abort('connectionrefused'));
    await page.context().routeWebSocket('**/api/**', (socket) => socket.close());
    return async () => {
      await page.context().unrouteAll();
      visitor.outage = false;
    };
  }

  later('sees the chat at once after a reload', async () => {
    const mend = await cut(ann);
    await ann.page.reload();
    await ann.message('Who brings the ball?').waitFor();
    await ann.row('Saturday match').waitFor();
    await mend();
    ann.complaints.splice(0);
  });

  later('writes, closes the page, and what they wrote arrives once and in order', async () => {
    const context = ann.page.context();
    const gone = await context.newPage();
    await ann.page.close();
    await gone
      .context()
      .route('**/api/chat/conversations/*/messages', (route) => (route.request().method() === 'POST' ? route.abort() : route.continue()));
    await gone.context().routeWebSocket('**/api/**', (socket) => void socket.close());
    await gone.goto(address);
    await write(gone, 'One offline');
    await write(gone, 'Two offline');
    await gone.getByRole('img', { name: 'Waiting to be sent' }).nth(1).waitFor();
    // It is shown a moment before it is written down, and a page that is closed in that moment takes it along.
    await until(() => isKept(gone, 'Two offline', 'anywhere'));
    await gone.close();

    await context.unrouteAll();
    const back = await context.browser()?.newContext({ storageState: await context.storageState({ indexedDB: true }), locale: 'en-GB' });
    if (!back) throw new Error('no browser');
    const page = await back.newPage();
    await page.goto(address);
    await bob.message('Two offline').waitFor();
    const seen = await bob.page.locator('.message').filter({ hasText: 'offline' }).allInnerTexts();
    expect(seen.map((text) => /(One|Two) offline/.exec(text)?.[1])).toEqual(['One', 'Two']);
    await page.getByRole('img', { name: 'Waiting to be sent' }).first().waitFor({ state: 'detached' });
    expect(await page.locator('.message').filter({ hasText: 'One offline' }).count()).toBe(1);
    await back.close();
    expect(bob.complaints).toEqual([]);
  });
});

describe('two tabs of a person', () => {
  let server: RunningServer;
  let browser: Browser;
  let ann: Visitor;
  let bob: Visitor;
  let second: Page;
  const sockets = new Map<Page, number>();

  beforeAll(async () => {
    [server, browser] = await Promise.all([runServer(), launchBrowser()]);
    [ann, bob] = await Promise.all([Visitor.at(browser, server.url, 'Ann Example'), Visitor.at(browser, server.url, 'Bob Example')]);
    await Promise.all([ann.signUp(), bob.signUp()]);
    await ann.startGroup('Saturday match', 'bob');
    await Promise.all([ann.row('Saturday match').click(), bob.row('Saturday match').click()]);
    await bob.say('Are you there?');
    await ann.message('Are you there?').waitFor();
    second = await ann.page.context().newPage();
    second.on('websocket', () => sockets.set(second, (sockets.get(second) ?? 0) + 1));
    await second.goto(ann.page.url());
    await second.locator('.message').filter({ hasText: 'Are you there?' }).waitFor();
  }, TIMEOUT_MS);

  afterAll(async () => {
    await browser?.close();
    await server?.remove();
  });

  const later = (name: string, run: () => Promise<void>): void => test(name, run, TIMEOUT_MS);
  const inSecond = (text: string) => second.locator('.message').filter({ hasText: text });

  later('share one socket and show the same, whichever is written in', async () => {
    await write(second, 'From the second');
    await Promise.all([ann.message('From the second').waitFor(), bob.message('From the second').waitFor()]);
    await ann.say('From the first');
    await inSecond('From the first').waitFor();
    await bob.say('To both');
    await Promise.all([ann.message('To both').waitFor(), inSecond('To both').waitFor()]);
    expect(sockets.get(second) ?? 0).toBe(0);
    expect([await ann.count('From the second'), await inSecond('From the first').count()]).toEqual([1, 1]);
  });

  later('when the leading one closes, the other is connected within a second', async () => {
    const connected = second.waitForEvent('websocket', { timeout: 1_000 }).then((socket) => socket.waitForEvent('framereceived', { timeout: 1_000 }));
    await ann.page.close();
    await connected;
    await bob.say('Still there?');
    await inSecond('Still there?').waitFor();
    await write(second, 'Still here');
    await bob.message('Still here').waitFor();
    expect([ann.complaints, bob.complaints]).toEqual([[], []]);
  });
});

async function write(page: Page, text: string): Promise<void> {
  const composer = page.getByRole('textbox', { name: 'Write to' });
  await composer.fill(text);
  await composer.press('Enter');
  await page.locator('.message').filter({ hasText: text }).waitFor();
}
