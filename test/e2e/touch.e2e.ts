import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import type { Browser, CDPSession, Locator } from 'playwright-core';
import { until } from './device.ts';
import { launchBrowser, runServer, Visitor, type RunningServer } from './world.ts';

describe('a finger on a phone', () => {
  let server: RunningServer;
  let browser: Browser;
  let ann: Visitor;
  let bob: Visitor;
  let touch: CDPSession;

  beforeAll(async () => {
    [server, browser] = await Promise.all([runServer(), launchBrowser()]);
    const phone = { viewport: { width: 390, height: 740 }, hasTouch: true, isMobile: true };
    [ann, bob] = await Promise.all([Visitor.at(browser, server.url, 'Ann Example', phone), Visitor.at(browser, server.url, 'Bob Example')]);
    await Promise.all([ann.signUp(), bob.signUp()]);
    await bob.startGroup('Saturday match', 'ann');
    await bob.enter('Saturday match');
    for (let n = 1; n <= 15; n++) await bob.say(`line ${n}.`);
    await bob.say('Who brings the ball?');
    await ann.row('Saturday match').waitFor();
    // From here on time passes in the page when the test says so: what is waited for is the finger, not the machine.
    await ann.page.clock.install();
    await ann.page.clock.pauseAt(Date.now() + 60_000);
    touch = await ann.page.context().newCDPSession(ann.page);
  });

  afterAll(async () => {
    await browser?.close();
    await server?.remove();
  });

  afterEach(() => {
    expect([ann, bob].flatMap(({ complaints }) => complaints.splice(0))).toEqual([]);
  });

  const menus = (): Promise<number> => ann.page.getByRole('menu').count();

  async function middleOf(place: Locator): Promise<{ x: number; y: number }> {
    const { x, y, width, height } = (await place.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    return { x: Math.round(x + width / 2), y: Math.round(y + height / 2) };
  }

  type Point = { x: number; y: number; id?: number };
  const put = (...touchPoints: Point[]) => touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints });
  const move = (...touchPoints: Point[]) => touch.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints });
  const lift = () => touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  const rest = (ms: number) => ann.page.clock.runFor(ms);

  test('rests on a conversation: its menu opens, and the conversation does not', async () => {
    const row = ann.row('Saturday match');
    await put(await middleOf(row));
    await rest(499);
    expect(await menus()).toBe(0);
    await rest(1);
    const menu = ann.page.getByRole('menu');
    await menu.getByRole('menuitem', { name: 'Pin' }).waitFor();
    await lift();
    await rest(1_000);
    expect(new URL(ann.page.url()).pathname).toBe('/');
    await menu.getByRole('menuitem', { name: 'Pin' }).tap();
    await menu.waitFor({ state: 'detached' });
    await ann.page.locator('.row-sign[title="Pinned"]').waitFor();
  });

  test('moves or lifts before: nothing opens but what a tap opens', async () => {
    const row = ann.row('Saturday match');
    const { x, y } = await middleOf(row);
    await put({ x, y });
    await move({ x, y: y + 30 });
    await rest(1_000);
    await lift();
    expect(await menus()).toBe(0);
    await put({ x, y, id: 0 });
    await put({ x, y, id: 0 }, { x: x + 40, y, id: 1 });
    await rest(1_000);
    await lift();
    expect(await menus()).toBe(0);
    await row.tap();
    await ann.message('Who brings').waitFor();
    // Frames are part of the time.
    await rest(1_000);
  });

  test('rests on a message: its menu opens, and no text is selected', async () => {
    const { page } = ann;
    await put(await middleOf(ann.message('line 3.').locator('.content')));
    await rest(500);
    const menu = page.getByRole('menu');
    await menu.getByRole('menuitem', { name: 'Reply', exact: true }).waitFor();
    await lift();
    expect(await page.evaluate(() => String(getSelection()))).toBe('');
    expect(
      await page
        .locator('.message .content')
        .last()
        .evaluate((text) => getComputedStyle(text).userSelect),
    ).toBe('none');
    await menu.getByRole('menuitem', { name: 'Reply', exact: true }).tap();
    await page.getByText('Reply to Bob Example').waitFor();
    await page.keyboard.press('Escape');
  });

  test('scrolls the messages: no menu', async () => {
    const { page } = ann;
    const scroller = page.locator('.scroller');
    const before = await scroller.evaluate(({ scrollTop }) => scrollTop);
    const { x, y } = await middleOf(scroller);
    await put({ x, y });
    for (let step = 1; step <= 6; step++) await move({ x, y: y - 20 * step });
    await rest(1_000);
    await lift();
    // The compositor scrolls, and tells the page a moment later.
    await until(async () => (await scroller.evaluate(({ scrollTop }) => scrollTop)) > before);
    expect(await menus()).toBe(0);
  });
});
