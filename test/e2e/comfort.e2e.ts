import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import type { Browser } from 'playwright-core';
import { launchBrowser, runServer, Visitor, type RunningServer } from './world.ts';

let server: RunningServer;
let browser: Browser;
let visitors: Visitor[] = [];

beforeAll(async () => {
  [server, browser] = await Promise.all([runServer({ RATE_LIMITS: 'off' }), launchBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await server.remove();
});
afterEach(async () => {
  const complaints = visitors.flatMap((visitor) => visitor.complaints);
  await Promise.all(visitors.map(({ page }) => page.context().close()));
  visitors = [];
  expect(complaints).toEqual([]);
});

async function visit(name: string, options = {}): Promise<Visitor> {
  const visitor = await Visitor.at(browser, server.url, name, options);
  visitors.push(visitor);
  return visitor;
}

/** Two people with a direct conversation, which the first has open. */
async function pair(first: string, second: string, options = {}): Promise<[Visitor, Visitor]> {
  const [a, b] = await Promise.all([visit(first, options), visit(second)]);
  await Promise.all([a.signUp(), b.signUp()]);
  await a.page.getByRole('button', { name: 'New conversation' }).first().click();
  await a.page.getByLabel('Search people').fill(second);
  await a.page.getByRole('dialog').getByRole('button', { name: second }).click();
  await a.composer.waitFor();
  return [a, b];
}

describe('emoji', () => {
  test('go where the caret is, out of a picker that is searched and walked by keyboard and remembers', async () => {
    const [ann] = await pair('Ann Emoji', 'Bob Emoji');
    const { page } = ann;
    await ann.composer.fill('Well done!');
    await ann.composer.press('Home');
    await page.getByRole('button', { name: 'Insert an emoji' }).click();
    const picker = page.getByRole('dialog', { name: 'Emoji' });
    await picker.getByRole('searchbox').fill('party pop');
    await picker.getByRole('gridcell', { name: 'Party popper' }).waitFor();
    await page.keyboard.press('Enter');
    await picker.waitFor({ state: 'detached' });
    await page.keyboard.type(' ');
    expect(await ann.composer.inputValue()).toBe('🎉 Well done!');
    expect(await ann.composer.evaluate((box) => box === document.activeElement)).toBe(true);

    await page.getByRole('button', { name: 'Insert an emoji' }).click();
    await picker.getByText('Recently used').waitFor();
    await picker.getByRole('button', { name: 'Medium', exact: true }).click();
    await picker.getByRole('searchbox').fill('waving');
    await picker.getByRole('gridcell', { name: 'Waving hand' }).click();
    expect(await ann.composer.inputValue()).toBe('🎉 👋🏽Well done!');
    await page.getByRole('button', { name: 'Insert an emoji' }).click();
    await picker.getByRole('gridcell').first().waitFor();
    await page.keyboard.press('Escape');
    await picker.waitFor({ state: 'detached' });
    await ann.composer.press('Enter');
    await ann.message('🎉 👋🏽Well done!').waitFor();
  });

  test('complete in the text after a colon, in the language of the page', async () => {
    const [ann] = await pair('Ann Colon', 'Bob Colon');
    await ann.composer.pressSequentially('at 10:30 :tad');
    const combobox = ann.page.getByRole('combobox');
    await ann.page.getByRole('option', { name: 'Party popper' }).waitFor();
    await combobox.press('Enter');
    expect(await ann.composer.inputValue()).toBe('at 10:30 🎉 ');
    await ann.composer.press('Enter');
    await ann.message('at 10:30 🎉').waitFor();
  });

  test('of every kind are reactions, beyond the quick ones', async () => {
    const [ann, bob] = await pair('Ann Reaction', 'Bob Reaction');
    await ann.say('We won the cup');
    await bob.row('Ann Reaction').click();
    await bob.message('We won the cup').hover();
    await bob.message('We won the cup').getByRole('button', { name: 'React', exact: true }).click();
    await bob.page.getByRole('menuitem', { name: 'More emoji' }).click();
    const picker = bob.page.getByRole('dialog', { name: 'Emoji' });
    await picker.getByRole('searchbox').fill('trophy');
    await picker.getByRole('gridcell', { name: 'Trophy' }).click();
    await ann.message('We won the cup').getByRole('button', { name: '🏆, one person' }).waitFor();
    expect(await bob.page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('React');
  });

  test('that cannot be loaded are said to, and tried again', async () => {
    const [ann] = await pair('Ann Offline', 'Bob Offline');
    await ann.page.route('**/emoji/**', (route) => route.fulfill({ status: 200, body: 'not what we asked for' }));
    await ann.page.getByRole('button', { name: 'Insert an emoji' }).click();
    const picker = ann.page.getByRole('dialog', { name: 'Emoji' });
    await picker.getByRole('alert').waitFor();
    await ann.page.unroute('**/emoji/**');
    await picker.getByRole('button', { name: 'Try again' }).click();
    await picker.getByRole('gridcell').first().waitFor();
  });
});
