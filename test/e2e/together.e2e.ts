import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import type { Browser } from 'playwright-core';
import { twoInAGroup, Visitor, type RunningServer } from './world.ts';

describe('two people in a group', () => {
  let server: RunningServer;
  let browser: Browser;
  let ann: Visitor;
  let bob: Visitor;
  let annsOther: Visitor;

  beforeAll(async () => {
    ({ server, browser, ann, bob } = await twoInAGroup());
    await ann.say('Who brings the ball?');
    await bob.message('Who brings the ball?').waitFor();
    annsOther = await Visitor.at(browser, server.url, 'Ann Example, second device');
    await annsOther.signIn('ann.example@example.com', 'a long password');
    await annsOther.enter('Saturday match');
    await annsOther.message('Who brings the ball?').waitFor();
  });

  afterAll(async () => {
    await browser?.close();
    await server?.remove();
  });

  afterEach(() => {
    expect([ann, bob, annsOther].flatMap(({ complaints }) => complaints.splice(0))).toEqual([]);
  });

  test('a thread is begun, seen, read and answered, and what counts as unread goes', async () => {
    await bob.choose('Who brings the ball?', 'Reply in thread');
    const line = bob.panel.getByRole('textbox', { name: 'Reply in the thread' });
    await line.fill('I have one at home');
    await line.press('Enter');
    await bob.panel.locator('.message').filter({ hasText: 'I have one at home' }).waitFor();

    const chip = ann.message('Who brings the ball?').getByRole('button', { name: '1 reply' });
    await chip.waitFor();
    expect(await ann.page.locator('.chat-column .message').filter({ hasText: 'I have one at home' }).count()).toBe(0);
    // A reply in a thread counts as unread, but never stood in the conversation: the badge stayed for ever.
    await ann.row('Saturday match').getByText('unread').waitFor({ state: 'detached' });

    await ann.page.getByRole('button', { name: 'Threads, new replies' }).click();
    await ann.panel.getByText('1 unread message').waitFor();
    await ann.panel.getByRole('button', { name: 'Who brings the ball?' }).click();
    await ann.panel.locator('.message').filter({ hasText: 'I have one at home' }).waitFor();
    await ann.panel.getByRole('checkbox', { name: 'Also send to the conversation' }).check();
    await ann.panel.getByRole('textbox', { name: 'Reply in the thread' }).fill('Settled then');
    await ann.panel.getByRole('textbox', { name: 'Reply in the thread' }).press('Enter');
    await ann.panel.getByText('2 replies').waitFor();
    await ann.panel.getByRole('button', { name: 'Back' }).click();
    await ann.panel.getByRole('button', { name: '2 replies' }).waitFor();
    await ann.panel.getByText('1 unread message').waitFor({ state: 'detached' });
    await ann.page.getByRole('button', { name: 'Threads', exact: true }).waitFor();
    await ann.panel.getByRole('button', { name: 'Close' }).click();

    await bob.panel.getByRole('button', { name: 'Close' }).click();
    await bob.message('Settled then').getByRole('button', { name: 'in a thread' }).click();
    await bob.panel.locator('.message').filter({ hasText: 'Settled then' }).waitFor();
  });

  test('whoever wrote a message sees who has read it', async () => {
    await ann.choose('Who brings the ball?', 'Who has read it');
    const list = ann.page.getByRole('dialog', { name: 'Who has read it' });
    await list.getByRole('heading', { name: 'Read 1' }).waitFor();
    expect(await list.getByRole('listitem').allInnerTexts()).toEqual([expect.stringContaining('Bob Example')]);
    await list.getByRole('button', { name: 'Close' }).click();
  });

  test('the keyboard reaches the menu of a message', async () => {
    const { page } = bob;
    await page.getByRole('group', { name: 'Messages' }).focus();
    await page.keyboard.press('End');
    for (let n = 0; n < 3; n++) await page.keyboard.press('Tab');
    await page.locator('[aria-label="More"]:focus').waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('menu').waitFor();
    await page.keyboard.press('ArrowUp');
    await page.locator(':focus').getByText('Delete for me').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('menu').waitFor({ state: 'detached' });
    await page.locator('[aria-label="More"]:focus').waitFor();
  });

  test('Escape closes a panel and gives the focus back', async () => {
    const { page } = bob;
    await bob.panel.getByRole('textbox', { name: 'Reply in the thread' }).press('Escape');
    await bob.panel.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Threads' }).focus();
    await page.keyboard.press('Enter');
    await bob.panel.getByRole('heading', { name: 'Threads' }).waitFor();
    await page.locator('.panel:focus').waitFor();
    await page.keyboard.press('Escape');
    await bob.panel.waitFor({ state: 'detached' });
    await page.locator('[aria-label="Threads"]:focus').waitFor();
  });

  test('a quotation of what stands in a thread leads into the thread', async () => {
    await bob.message('Settled then').getByRole('button', { name: 'in a thread' }).click();
    await bob.choose('I have one at home', 'Reply');
    await bob.panel.getByRole('checkbox', { name: 'Also send to the conversation' }).check();
    await bob.panel.getByRole('textbox', { name: 'Reply in the thread' }).fill('That one it is');
    await bob.panel.getByRole('textbox', { name: 'Reply in the thread' }).press('Enter');
    await bob.panel.getByRole('button', { name: 'Close' }).click();
    await ann.message('That one it is').locator('.quote').click();
    await ann.panel.locator('.message:focus').filter({ hasText: 'I have one at home' }).waitFor();
    await ann.panel.locator('.message').filter({ hasText: 'That one it is' }).locator('.quote').click();
    await ann.panel.locator('.message:focus').filter({ hasText: 'I have one at home' }).waitFor();
    await ann.panel.getByRole('button', { name: 'Close' }).click();
  });

  test('a name is completed by keyboard, and the one who is meant sees it', async () => {
    const { page } = ann;
    await ann.composer.focus();
    await page.keyboard.type('Thanks @ex');
    await page.getByRole('listbox').waitFor();
    await page.getByRole('option', { name: 'Bob Example', selected: true }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('option').first().waitFor({ state: 'detached' });
    await page.keyboard.press('Backspace');
    await page.keyboard.press('Backspace');
    await page.keyboard.press('Backspace');
    await page.keyboard.type('@');
    await page.getByRole('option').nth(1).waitFor();
    await page.keyboard.press('ArrowUp');
    await page.getByRole('option', { name: '@all', selected: true }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Tab');
    await page.keyboard.type('for the ball');
    await page.keyboard.press('Enter');
    await ann.message('Thanks @Bob Example for the ball').locator('.mention').waitFor();
    const seen = bob.page.locator('.message-for-me').filter({ hasText: 'Thanks @Bob Example for the ball' });
    expect(await seen.locator('.mention-me').innerText()).toBe('@Bob Example');
  });

  test('a name that was chosen and deleted again mentions nobody', async () => {
    await ann.composer.focus();
    await ann.page.keyboard.type('@Bo');
    await ann.page.getByRole('option', { name: 'Bob Example' }).click();
    await ann.composer.fill('Nobody in particular, @Bobby');
    await ann.composer.press('Enter');
    await bob.message('Nobody in particular').waitFor();
    expect(await bob.message('Nobody in particular').locator('.mention').count()).toBe(0);
    expect(await bob.page.locator('.message-for-me').filter({ hasText: 'Nobody in particular' }).count()).toBe(0);
  });

  test('what one pins the other sees, finds and takes down', async () => {
    await ann.choose('Who brings the ball?', 'Pin');
    const bar = bob.page.getByRole('region', { name: 'Pinned messages' });
    await bar.getByText('Who brings the ball?').click();
    await bob.page.waitForFunction(() => document.activeElement?.textContent?.includes('Who brings the ball?'));
    await bar.getByRole('button', { name: 'Show the pinned message' }).click();
    await bob.panel.getByText('Who brings the ball?').waitFor();
    await bob.panel.getByRole('button', { name: 'Unpin' }).click();
    await bob.panel.getByText('Nothing is pinned here.').waitFor();
    await ann.page.getByRole('region', { name: 'Pinned messages' }).waitFor({ state: 'detached' });
    await bob.panel.getByRole('button', { name: 'Close' }).click();
  });

  test('a message is forwarded and names where it comes from', async () => {
    await ann.choose('Thanks @Bob Example', 'Forward');
    const dialog = ann.page.getByRole('dialog', { name: 'Forward' });
    await dialog.getByRole('searchbox').fill('bob');
    // The arrow keys once walked through the messages behind the dialog.
    await ann.page.keyboard.press('ArrowUp');
    await ann.page.keyboard.press('Home');
    await ann.page.keyboard.type('example ');
    expect(await dialog.getByRole('searchbox').inputValue()).toBe('example bob');
    await dialog.getByRole('searchbox').fill('bob');
    await dialog.getByRole('button', { name: 'Bob Example' }).click();
    await dialog.getByRole('button', { name: 'Forward', exact: true }).click();
    await ann.page.getByRole('status').getByText('Forwarded').waitFor();
    await bob.row('Ann Example').getByText('1 unread message').waitFor();
    await bob.enter('Ann Example');
    await bob.message('Thanks @Bob Example').getByText('Forwarded from Ann Example').waitFor();
    await bob.enter('Saturday match');
    await bob.message('Who brings the ball?').waitFor();
  });

  test('a message is edited, and its author may take it back for everyone', async () => {
    await ann.say('Kick-off at tne');
    await ann.choose('Kick-off at tne', 'Edit');
    const line = ann.page.getByRole('textbox', { name: 'New text of the message' });
    await line.fill('Kick-off at ten');
    await line.press('Enter');
    await bob.message('Kick-off at ten').getByText('edited').waitFor();
    await ann.composer.waitFor();
    await ann.choose('Kick-off at ten', 'Delete for everyone');
    await ann.page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
    await bob.message('Message deleted').waitFor();
    expect(await bob.count('Kick-off at ten')).toBe(0);
  });

  test('who is mentioned stays so when the message is edited', async () => {
    await ann.choose('Thanks @Bob Example', 'Edit');
    const line = ann.page.getByRole('textbox', { name: 'New text of the message' });
    await line.fill('Many thanks @Bob Example, see you there');
    await line.press('Enter');
    await bob.page.locator('.message-for-me').filter({ hasText: 'see you there' }).locator('.mention-me').waitFor();
  });

  test('what is not yours cannot be edited or deleted for everyone', async () => {
    await bob.message('Who brings the ball?').first().hover();
    await bob.message('Who brings the ball?').first().getByRole('button', { name: 'More', exact: true }).click();
    await bob.page.getByRole('menuitem', { name: 'Forward' }).waitFor();
    expect(await bob.page.getByRole('menuitem', { name: 'Edit' }).count()).toBe(0);
    expect(await bob.page.getByRole('menuitem', { name: 'Delete for everyone' }).count()).toBe(0);
    await bob.page.keyboard.press('Escape');
    await bob.page.getByRole('menu').waitFor({ state: 'detached' });
  });

  test('deleted for me is gone on both devices of one person, and stays with the other', async () => {
    await annsOther.message('Nobody in particular').waitFor();
    await ann.choose('Nobody in particular', 'Delete for me');
    await ann.page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
    await ann.message('Nobody in particular').waitFor({ state: 'detached' });
    await annsOther.message('Nobody in particular').waitFor({ state: 'detached' });
    expect(await bob.count('Nobody in particular')).toBe(1);
  });

  test('a draft follows to the other device, and is gone there when it is sent', async () => {
    await ann.composer.fill('I was about to');
    await annsOther.page.waitForFunction(() => document.querySelector('textarea')?.value === 'I was about to');
    await annsOther.enter('Bob Example');
    await annsOther.row('Saturday match').getByText('Draft: I was about to').waitFor();
    await ann.composer.fill('I was about to say something');
    await annsOther.row('Saturday match').getByText('Draft: I was about to say something').waitFor();
    await annsOther.enter('Saturday match');
    await annsOther.page.waitForFunction(() => document.querySelector('textarea')?.value === 'I was about to say something');
    await ann.composer.press('Enter');
    await bob.message('I was about to say something').waitFor();
    await annsOther.page.waitForFunction(() => document.querySelector('textarea')?.value === '');
    expect(await annsOther.row('Saturday match').getByText('Draft:').count()).toBe(0);
  });

  test('an admin says who may write, and the others notice at once', async () => {
    const { page } = ann;
    await page.getByRole('button', { name: 'Show members' }).click();
    await page.getByRole('button', { name: 'Group settings' }).click();
    await page.getByLabel('Description').fill('Every Saturday at ten');
    await page.getByLabel('Who may write').selectOption('Admins only');
    await page.getByLabel('Slow mode').selectOption('30 seconds');
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await ann.panel.getByText('Every Saturday at ten').waitFor();
    await bob.page.getByText('You can read here, but not write.').waitFor();
    await bob.page.getByRole('button', { name: 'Show members' }).click();
    await bob.panel.getByText('Every Saturday at ten').waitFor();
    expect(await bob.page.getByRole('button', { name: 'Group settings' }).count()).toBe(0);
  });
});
