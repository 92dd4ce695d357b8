import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Browser } from 'playwright-core';
import { launchBrowser, runServer, Visitor, type RunningServer } from './world.ts';

let server: RunningServer;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([runServer({ DEMO: 'on', RATE_LIMITS: 'off' }), launchBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await server.remove();
});

type Frame = { id?: number; type?: string };
/** Requests of a kind that the test keeps back, and answers or lets go. */
type Held = { refuse(): Promise<void>; release(): void };

/** Between the page and the server: requests of this type wait until the test has looked. */
async function holding(visitor: Visitor, type: string): Promise<Held> {
  const { promise: asked, resolve: came } = Promise.withResolvers<void>();
  let refuseAll = (): void => {};
  let releaseAll = (): void => {};
  let free = false;
  visitor.intercepted = true;
  await visitor.page.routeWebSocket(/\/api\/chat\/ws/, (socket) => {
    const upstream = socket.connectToServer();
    const waiting = new Map<number, string | Buffer>();
    socket.onMessage((text) => {
      const frame: Frame = JSON.parse(String(text));
      if (free || frame.type !== type) return upstream.send(text);
      waiting.set(frame.id ?? 0, text);
      came();
    });
    refuseAll = () => {
      for (const re of waiting.keys()) socket.send(JSON.stringify({ re, ok: false, error: { code: 'forbidden', message: 'no', requestId: 'none' } }));
      waiting.clear();
    };
    releaseAll = () => {
      for (const text of waiting.values()) upstream.send(text);
    };
  });
  return {
    async refuse() {
      await asked;
      refuseAll();
    },
    release() {
      free = true;
      releaseAll();
    },
  };
}

type Case = { name: string; type: string; open(visitor: Visitor): Promise<void>; content: string };

const press = (visitor: Visitor, name: string | RegExp): Promise<void> => visitor.page.getByRole('button', { name }).first().click();

async function inRoom(visitor: Visitor, button: string | RegExp): Promise<void> {
  await visitor.enter('Autumn regatta');
  await visitor.page.locator('.message').last().waitFor();
  await press(visitor, button);
}

/** What each view reads when it is opened, and what is there once it came. */
const cases: Case[] = [
  { name: 'a conversation', type: 'message.list', open: (visitor) => visitor.enter('Autumn regatta'), content: '.message' },
  { name: 'the members', type: 'member.list', open: (visitor) => inRoom(visitor, 'Show members'), content: '.member' },
  { name: 'the threads', type: 'thread.list', open: (visitor) => inRoom(visitor, /^Threads/), content: '.card' },
  {
    name: 'the preferences',
    type: 'preference.get',
    async open(visitor) {
      await press(visitor, /^Notifications/);
      await press(visitor, 'Notification settings');
    },
    content: '.kinds',
  },
  {
    name: 'a profile',
    type: 'person.get',
    async open(visitor) {
      await visitor.enter('Kofi Mensah');
      await press(visitor, 'Show profile');
    },
    content: '.profile',
  },
  {
    name: 'the search',
    type: 'message.search',
    async open(visitor) {
      await press(visitor, /^Search messages/);
      await visitor.page.getByRole('searchbox').fill('oars');
    },
    content: '.result',
  },
  { name: 'the directory', type: 'contact.list', open: (visitor) => press(visitor, 'New conversation'), content: '.person' },
];

describe('what takes long or fails says so, and is tried again', () => {
  test.each(cases)('$name', async ({ type, open, content }) => {
    const visitor = await Visitor.at(browser, server.url, 'Sofia Lindqvist', { reducedMotion: 'reduce' });
    const held = await holding(visitor, type);
    await visitor.signIn('sofia@harbour.example', 'catch-and-release');
    await open(visitor);
    const { page } = visitor;
    await page.locator('.skeleton').first().waitFor();
    await held.refuse();
    await page.getByRole('alert').filter({ hasText: 'You may not do this.' }).waitFor();
    expect(await page.locator('.skeleton').count()).toBe(0);
    held.release();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.locator(content).first().waitFor();
    expect(await page.getByRole('alert').filter({ hasText: 'You may not do this.' }).count()).toBe(0);
    expect(visitor.complaints).toEqual([]);
    await page.context().close();
  });
});

describe('a browser that keeps nothing', () => {
  test('is said once to whoever writes in it', async () => {
    const visitor = await Visitor.at(browser, server.url, 'Sofia Lindqvist');
    const { page } = visitor;
    await page.addInitScript(() => {
      IDBFactory.prototype.open = () => {
        throw new DOMException('no', 'SecurityError');
      };
    });
    await page.reload();
    await visitor.signIn('sofia@harbour.example', 'catch-and-release');
    await page.getByRole('status').filter({ hasText: 'This browser keeps no data' }).waitFor();
    await page.getByRole('button', { name: 'Understood' }).click();
    await page.getByText('This browser keeps no data').waitFor({ state: 'detached' });
    expect(visitor.complaints).toEqual([]);
    await page.context().close();
  });
});
