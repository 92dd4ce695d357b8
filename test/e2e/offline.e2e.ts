import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Browser, Page } from 'playwright-core';
import { isKept, until } from './device.ts';
import { twoInAGroup, type RunningServer, type Visitor } from './world.ts';

describe('a person without a connection', () => {
  let server: RunningServer;
  let browser: Browser;
  let ann: Visitor;
  let bob: Visitor;
  let address = '';

  beforeAll(async () => {
    ({ server, browser, ann, bob } = await twoInAGroup());
    await ann.say('Who brings the ball?');
    await bob.message('Who brings the ball?').waitFor();
    address = ann.page.url();
  });

  afterAll(async () => {
    await browser?.close();
    await server?.remove();
  });

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

  test('sees the chat at once after a reload', async () => {
    const mend = await cut(ann);
    await ann.page.reload();
    await ann.message('Who brings the ball?').waitFor();
    await ann.row('Saturday match').waitFor();
    await mend();
    ann.complaints.splice(0);
  });

  test('sees what they write where nothing else can be read, also after a reload', async () => {
    const { page } = ann;
    await page.goto('/');
    await ann.row('Bob Example').waitFor();
    const mend = await cut(ann);
    await page.reload();
    await ann.enter('Bob Example');
    await page.getByRole('heading', { name: 'The messages could not be loaded.' }).waitFor();
    await ann.say('Written with nothing around it');
    await page.getByRole('img', { name: 'Waiting to be sent' }).waitFor();
    await until(() => isKept(page, 'Written with nothing around it', 'anywhere'));
    await page.reload();
    await ann.message('Written with nothing around it').waitFor();
    await page.getByRole('button', { name: 'Try again' }).waitFor();
    await mend();
    await page.reload();
    await ann.message('Written with nothing around it').waitFor();
    await page.getByRole('img', { name: 'Waiting to be sent' }).waitFor({ state: 'detached' });
    expect(await ann.message('Written with nothing around it').count()).toBe(1);
    await ann.enter('Saturday match');
    await ann.message('Who brings the ball?').waitFor();
    ann.complaints.splice(0);
  });

  test('finds what they looked for when the connection is back, without asking again', async () => {
    const { page } = ann;
    const mend = await cut(ann);
    await page.reload();
    await ann.row('Saturday match').waitFor();
    await page.getByRole('button', { name: 'Search messages' }).click();
    await page.getByRole('searchbox').fill('ball');
    await page.getByRole('alert').getByText('There is no connection to the server.').waitFor();
    await mend();
    await page.context().routeWebSocket('**/api/**', (socket) => void socket.connectToServer());
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await page.getByRole('link', { name: /Who brings the/ }).waitFor();
    await page.keyboard.press('Escape');
    ann.complaints.splice(0);
  });

  test('is told soon when the network goes and the socket only falls silent', async () => {
    const { page } = ann;
    let silent = false;
    await page.context().routeWebSocket('**/api/**', (socket) => {
      const server = socket.connectToServer();
      socket.onMessage((frame) => silent || server.send(frame));
      server.onMessage((frame) => silent || socket.send(frame));
    });
    await page.reload();
    await ann.say('Can you hear me?');
    await bob.message('Can you hear me?').waitFor();
    silent = ann.outage = ann.intercepted = true;
    await page.context().setOffline(true);
    await page.getByText('No connection.').waitFor();
    silent = false;
    await page.context().setOffline(false);
    await ann.say('Now you can.');
    await bob.message('Now you can.').waitFor();
    ann.outage = ann.intercepted = false;
    ann.complaints.splice(0);
  });

  test('writes, closes the page, and what they wrote arrives once and in order', async () => {
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
    await page.locator('.message').filter({ hasText: 'One offline' }).waitFor();
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
    ({ server, browser, ann, bob } = await twoInAGroup());
    await bob.say('Are you there?');
    await ann.message('Are you there?').waitFor();
    second = await ann.page.context().newPage();
    second.on('websocket', () => sockets.set(second, (sockets.get(second) ?? 0) + 1));
    await second.goto(ann.page.url());
    await second.locator('.message').filter({ hasText: 'Are you there?' }).waitFor();
  });

  afterAll(async () => {
    await browser?.close();
    await server?.remove();
  });

  const inSecond = (text: string) => second.locator('.message').filter({ hasText: text });

  test('share one socket and show the same, whichever is written in', async () => {
    await write(second, 'From the second');
    await Promise.all([ann.message('From the second').waitFor(), bob.message('From the second').waitFor()]);
    await ann.say('From the first');
    await inSecond('From the first').waitFor();
    await bob.say('To both');
    await Promise.all([ann.message('To both').waitFor(), inSecond('To both').waitFor()]);
    expect(sockets.get(second) ?? 0).toBe(0);
    expect([await ann.count('From the second'), await inSecond('From the first').count()]).toEqual([1, 1]);
  });

  test('when the leading one closes, the other connects', async () => {
    const connected = second.waitForEvent('websocket').then((socket) => socket.waitForEvent('framereceived'));
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
