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
    await ann.composer.and(page.locator(':focus')).waitFor();

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
    await ann.page.getByRole('option', { name: 'Party popper' }).waitFor();
    await ann.composer.press('Enter');
    expect(await ann.composer.inputValue()).toBe('at 10:30 🎉 ');
    await ann.composer.press('Enter');
    await ann.message('at 10:30 🎉').waitFor();
  });

  test('of every kind are reactions, beyond the quick ones', async () => {
    const [ann, bob] = await pair('Ann Reaction', 'Bob Reaction');
    await ann.say('We won the cup');
    await bob.enter('Ann Reaction');
    await bob.message('We won the cup').hover();
    await bob.message('We won the cup').getByRole('button', { name: 'React', exact: true }).click();
    await bob.page.getByRole('menuitem', { name: 'More emoji' }).click();
    const picker = bob.page.getByRole('dialog', { name: 'Emoji' });
    await picker.getByRole('searchbox').fill('trophy');
    await picker.getByRole('gridcell', { name: 'Trophy' }).click();
    await ann.message('We won the cup').getByRole('button', { name: '🏆, one person' }).waitFor();
    await bob.page.locator('[aria-label="React"]:focus').waitFor();
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

describe('the command palette', () => {
  test('leads to conversations, people and commands from one field, and works on a phone', async () => {
    const [ann] = await pair('Ann Palette', 'Bob Palette');
    const stranger = await visit('Cleo Stranger');
    await stranger.signUp();
    const { page } = ann;
    const palette = page.getByRole('dialog', { name: 'Go to' });
    const field = palette.getByRole('combobox');

    await page.keyboard.press('Control+k');
    await field.pressSequentially('cleo');
    await palette.getByRole('option', { name: 'Cleo Stranger' }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Cleo Stranger' }).waitFor();
    await ann.composer.waitFor();
    await ann.composer.and(page.locator(':focus')).waitFor();

    await page.keyboard.press('Control+k');
    await field.pressSequentially('bob');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Bob Palette' }).waitFor();

    await page.setViewportSize({ width: 360, height: 740 });
    await page.keyboard.press('Control+k');
    await field.pressSequentially('shortcuts');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await field.pressSequentially('nothing like this');
    await palette.getByText('Nothing found.').waitFor();
    await field.fill('sign out');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Welcome back' }).waitFor();
  });

  test('marks everything as read', async () => {
    const [ann, bob] = await pair('Ann Unread', 'Bob Unread');
    await ann.say('one');
    await bob.row('Ann Unread').getByText('1 unread message').waitFor();
    await bob.page.keyboard.press('Control+k');
    await bob.page.getByRole('option', { name: 'Mark all conversations as read' }).click();
    await bob.row('Ann Unread').getByText('1 unread message').waitFor({ state: 'detached' });
    await ann.ticked('one', 'Read').waitFor();
  });
});

describe('shortcuts', () => {
  test('go through the list, past what is read, and never take a letter from a text', async () => {
    const [ann, bob] = await pair('Ann Keys', 'Bob Keys');
    const cleo = await visit('Cleo Keys');
    await cleo.signUp();
    await ann.startGroup('Harbour', 'Bob Keys', 'Cleo Keys');
    await ann.startGroup('Regatta', 'Bob Keys', 'Cleo Keys');
    await bob.row('Regatta').waitFor();
    await bob.enter('Harbour');
    await bob.say('from Bob');
    await ann.row('Harbour').getByText('1 unread message').waitFor();
    // Ann has the direct conversation open, the last of the list.
    const { page } = ann;
    await ann.composer.focus();
    await page.keyboard.press('Alt+Shift+ArrowUp');
    await page.getByRole('heading', { name: 'Harbour' }).waitFor();
    await page.keyboard.press('Alt+ArrowDown');
    await page.getByRole('heading', { name: 'Regatta' }).waitFor();
    await page.keyboard.press('Alt+ArrowUp');
    await page.getByRole('heading', { name: 'Harbour' }).waitFor();
    await ann.composer.pressSequentially('/ and ? are letters here');
    expect(await ann.composer.inputValue()).toBe('/ and ? are letters here');
    await page.getByRole('group', { name: 'Messages' }).focus();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await page.getByRole('checkbox', { name: '/ and ? work by themselves' }).uncheck();
    await page.keyboard.press('Escape');
    await page.keyboard.press('/');
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog', { name: 'Go to' }).waitFor();
    expect(await page.getByRole('searchbox').count()).toBe(0);
    await page.getByRole('option', { name: 'Keyboard shortcuts' }).click();
    await page.getByRole('checkbox', { name: '/ and ? work by themselves' }).check();
    await page.keyboard.press('Escape');
    await page.keyboard.press('/');
    await page.getByRole('searchbox').waitFor();
  });

  test('reply to, react to and edit the message that has the focus, and the last one from an empty text', async () => {
    const [ann, bob] = await pair('Ann Message', 'Bob Message');
    await ann.say('first');
    await bob.enter('Ann Message');
    await bob.message('first').waitFor();
    await bob.page.getByRole('group', { name: 'Messages' }).focus();
    await bob.page.keyboard.press('ArrowUp');
    await bob.page.keyboard.press('l');
    const picker = bob.page.getByRole('dialog', { name: 'Emoji' });
    await picker.getByRole('searchbox').fill('thumbs up');
    await picker.getByRole('gridcell', { name: 'Thumbs up' }).waitFor();
    await bob.page.keyboard.press('Enter');
    await ann.message('first').getByRole('button', { name: '👍, one person' }).waitFor();
    await bob.page.keyboard.press('r');
    await bob.page.getByText('Reply to Ann Message').waitFor();
    await bob.page.keyboard.type('second');
    await bob.page.keyboard.press('Enter');
    // While it is on its way it cannot be edited.
    await bob.ticked('second', 'Read').waitFor();

    await bob.page.keyboard.press('ArrowUp');
    const edited = bob.page.getByRole('textbox', { name: 'New text of the message' });
    expect(await edited.inputValue()).toBe('second');
    await edited.fill('second thoughts');
    await edited.press('Enter');
    await ann.message('second thoughts').waitFor();
  });
});

describe('Escape', () => {
  test('closes what covers the list, and only then marks as read', async () => {
    const [ann, bob] = await pair('Ann Escape', 'Bob Escape');
    for (const n of [1, 2, 3, 4]) await ann.say(`${'a line\n'.repeat(12)}the end of ${n}`);
    await bob.enter('Ann Escape');
    await bob.message('the end of 4').waitFor();
    await bob.page.getByRole('group', { name: 'Messages' }).evaluate((scroller) => scroller.scrollTo({ top: scroller.scrollHeight }));
    await ann.ticked('the end of 4', 'Read').waitFor();
    const { page } = bob;
    // Far up, so that what comes is not seen.
    await page.getByRole('group', { name: 'Messages' }).evaluate((scroller) => scroller.scrollTo({ top: 0 }));
    await page.getByRole('button', { name: 'To the newest message' }).waitFor();
    await ann.say('further down');
    const badge = bob.row('Ann Escape').getByText('1 unread message');
    await badge.waitFor();
    await page.getByRole('button', { name: /^Notifications/ }).click();
    await page.keyboard.press('Escape');
    await page.getByRole('complementary').waitFor({ state: 'detached' });
    expect(await badge.count()).toBe(1);
    await page.getByRole('group', { name: 'Messages' }).focus();
    await page.keyboard.press('Escape');
    await badge.waitFor({ state: 'detached' });
    await ann.ticked('further down', 'Read').waitFor();
  });
});

describe('the list of conversations', () => {
  test('stands still under a press: what was pressed is what opens', async () => {
    const [ann, bob] = await pair('Ann Press', 'Bob Press');
    await ann.startGroup('Harbour', 'Bob Press');
    await ann.startGroup('Regatta', 'Bob Press');
    const { page } = ann;
    const titles = () => page.getByRole('navigation').locator('.row-title').allInnerTexts();
    await ann.row('Regatta').waitFor();
    const before = await titles();
    expect(before.at(-1)).toBe('Bob Press');
    await ann.row('Regatta').hover();
    await page.mouse.down();
    await bob.enter('Ann Press');
    await bob.say('Are you there?');
    await ann.row('Bob Press').getByText('Are you there?').waitFor();
    expect(await titles()).toEqual(before);
    await page.mouse.up();
    await page.getByRole('heading', { name: 'Regatta' }).waitFor();
    await page.getByRole('navigation').locator('.row-title').first().getByText('Bob Press').waitFor();
  });

  test('keeps pinned ones first and archived ones apart, from a menu of its own', async () => {
    const [ann] = await pair('Ann List', 'Bob List');
    await ann.startGroup('Harbour', 'Bob List');
    await ann.startGroup('Regatta', 'Bob List');
    const { page } = ann;
    const titles = page.getByRole('navigation').locator('.row-title');
    const choose = async (title: string, entry: string): Promise<void> => {
      await ann.row(title).click({ button: 'right' });
      await page.getByRole('menuitem', { name: entry, exact: true }).click();
    };
    await ann.row('Regatta').waitFor();
    await choose('Bob List', 'Pin to the top');
    await ann.row('Bob List').getByText('Pinned').waitFor();
    expect(await titles.first().textContent()).toBe('Bob List');
    await choose('Harbour', 'Mute');
    await ann.row('Harbour').getByText('Muted').waitFor();
    await choose('Regatta', 'Archive');
    await ann.row('Regatta').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: /^Archived/ }).click();
    const archive = page.getByRole('complementary', { name: 'Archived' });
    await archive.getByRole('link', { name: 'Regatta' }).waitFor();
    await archive.getByRole('link', { name: 'Regatta' }).focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Take out of the archive' }).press('Enter');
    await archive.getByText('Nothing is archived.').waitFor();
    await archive.getByRole('button', { name: 'Back' }).click();
    await ann.row('Regatta').waitFor();
  });
});
