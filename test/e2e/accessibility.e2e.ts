import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import axe, { type AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { views } from './views.ts';
import { launchBrowser, runServer, Visitor, type RunningServer } from './world.ts';

/** Colours do not change with the width, nor what stands where with the colours: two looks see both of each. */
const looks = [
  { width: 1280, height: 800, colorScheme: 'light' },
  { width: 360, height: 740, colorScheme: 'dark' },
] as const;

let server: RunningServer;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([runServer({ DEMO: 'on', RATE_LIMITS: 'off' }), launchBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await server.remove();
});

/** What axe finds, a line for each element. Motion is off: what fades in would be judged half seen. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run());
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${help}: ${target.join(' ')}: ${failureSummary}`),
  );
}

describe('no view shuts anybody out', () => {
  for (const { width, height, colorScheme } of looks) {
    test(`at ${width} px, ${colorScheme}`, async () => {
      const options = { viewport: { width, height }, colorScheme, reducedMotion: 'reduce', hasTouch: false } as const;
      const visitor = await Visitor.at(browser, server.url, 'Sofia Lindqvist', options);
      const found: Record<string, string[]> = {};
      for (const view of views.filter(({ signedOut }) => signedOut)) {
        await visitor.page.goto('/');
        await view.open(visitor);
        found[view.name] = await violations(visitor.page);
      }
      await visitor.page.goto('/');
      await visitor.signIn('sofia@harbour.example', 'catch-and-release');
      for (const view of views.filter(({ signedOut }) => !signedOut)) {
        await visitor.page.goto('/');
        await visitor.page.locator('.row').first().waitFor();
        await view.open(visitor);
        found[view.name] = await violations(visitor.page);
      }
      expect(Object.keys(found)).toHaveLength(views.length);
      expect(Object.fromEntries(Object.entries(found).filter(([, lines]) => lines.length > 0))).toEqual({});
      expect(visitor.complaints).toEqual([]);
      await visitor.page.context().close();
    });
  }
});

describe('from right to left', () => {
  test('nothing sticks out of a narrow page, in any view', async () => {
    const visitor = await Visitor.at(browser, server.url, 'Sofia Lindqvist', { viewport: { width: 360, height: 740 }, reducedMotion: 'reduce' });
    const { page } = visitor;
    await page.addInitScript(() => addEventListener('DOMContentLoaded', () => (document.documentElement.dir = 'rtl')));
    await visitor.signIn('sofia@harbour.example', 'catch-and-release');
    const tooWide: string[] = [];
    for (const view of views.filter(({ signedOut }) => !signedOut)) {
      await page.goto('/');
      await page.locator('.row').first().waitFor();
      await view.open(visitor);
      const out = await page.evaluate(async () => {
        // What slides in is where it belongs when it has arrived.
        await Promise.allSettled(document.getAnimations().map(({ finished }) => finished));
        const boxes = [...document.querySelectorAll('dialog[open], :popover-open, .panel, .chat-column, .sidebar')].map((box) =>
          box.getBoundingClientRect(),
        );
        return (
          document.documentElement.scrollWidth > innerWidth || boxes.some(({ left, right }) => right > left && (left < -1 || right > innerWidth + 1))
        );
      });
      if (out) tooWide.push(view.name);
    }
    expect(tooWide).toEqual([]);
    expect(await page.evaluate(() => getComputedStyle(document.body).direction)).toBe('rtl');
    await page.context().close();
  });
});

/** Goes with the Tab key until the focus is on something of this name. */
async function tabTo(page: Page, name: string | RegExp, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  const seen: string[] = [];
  for (let step = 0; step < 60; step++) {
    await page.keyboard.press(key);
    const focused = await page.evaluate(() => {
      const element = document.activeElement;
      const label = element instanceof HTMLInputElement ? element.labels?.[0]?.textContent : null;
      return (element?.getAttribute('aria-label') ?? label ?? element?.textContent ?? '').trim();
    });
    if (typeof name === 'string' ? focused === name : name.test(focused)) return;
    seen.push(focused);
  }
  throw new Error(`${String(name)} is not reached with ${key}; only ${seen.join(' | ')}`);
}

describe('by keyboard alone', () => {
  test('one signs up, writes, reacts, replies, edits, finds what was said and signs out', async () => {
    const bob = await Visitor.at(browser, server.url, 'Bob Mouse');
    await bob.signUp();
    const ann = await Visitor.at(browser, server.url, 'Ann Keyboard');
    const { page } = ann;
    const { keyboard } = page;

    await page.getByRole('heading', { name: 'Welcome back' }).waitFor();
    await tabTo(page, 'Create account');
    await keyboard.press('Enter');
    await tabTo(page, 'Name');
    await keyboard.type('Ann Keyboard');
    await keyboard.press('Tab');
    await keyboard.type('ann.keyboard@example.com');
    await keyboard.press('Tab');
    await keyboard.type('a long password');
    await keyboard.press('Enter');
    await page.getByRole('navigation', { name: 'Conversations' }).waitFor();

    await tabTo(page, 'New conversation');
    await keyboard.press('Enter');
    await page.getByRole('dialog').getByLabel('Search people').waitFor();
    await keyboard.type('Bob Mouse');
    await page.getByRole('dialog').getByRole('button', { name: 'Bob Mouse' }).waitFor();
    await tabTo(page, /Bob Mouse$/);
    await keyboard.press('Enter');
    await ann.composer.waitFor();
    await keyboard.type('Hello Bob, I have no mouse');
    await keyboard.press('Enter');
    await ann.ticked('Hello Bob', 'Sent').or(ann.ticked('Hello Bob', 'Delivered')).waitFor();
    await bob.enter('Ann Keyboard');
    await bob.say('How do you do it?');
    await ann.message('How do you do it?').waitFor();

    await tabTo(page, 'Messages', 'Shift+Tab');
    await keyboard.press('ArrowUp');
    await page.locator('.message:focus').filter({ hasText: 'How do you do it?' }).waitFor();
    await keyboard.press('l');
    await page.getByRole('dialog', { name: 'Emoji' }).getByRole('gridcell').first().waitFor();
    await keyboard.type('rocket');
    await page.getByRole('gridcell', { name: 'Rocket' }).waitFor();
    await keyboard.press('Enter');
    await bob.message('How do you do it?').getByRole('button', { name: '🚀, one person' }).waitFor();
    await keyboard.press('r');
    await page.getByText('Reply to Bob Mouse').waitFor();
    await keyboard.type('With ten fingers');
    await keyboard.press('Enter');
    await ann.ticked('With ten fingers', 'Read').waitFor();
    await keyboard.press('ArrowUp');
    await page.getByRole('textbox', { name: 'New text of the message' }).waitFor();
    await keyboard.type(' and some patience');
    await keyboard.press('Enter');
    await bob.message('With ten fingers and some patience').waitFor();

    await ann.composer.waitFor();
    await tabTo(page, 'Messages', 'Shift+Tab');
    await keyboard.press('/');
    await page.getByRole('searchbox').waitFor();
    await keyboard.type('mouse');
    await page.locator('.result').first().waitFor();
    await keyboard.press('ArrowDown');
    await keyboard.press('Enter');
    await page.locator('.message:focus').filter({ hasText: 'I have no mouse' }).waitFor();

    await keyboard.press('Control+k');
    await page.getByRole('dialog', { name: 'Go to' }).waitFor();
    await keyboard.type('sign out');
    await keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Welcome back' }).waitFor();
    expect([...ann.complaints, ...bob.complaints]).toEqual([]);
    await Promise.all([page.context().close(), bob.page.context().close()]);
  });
});
