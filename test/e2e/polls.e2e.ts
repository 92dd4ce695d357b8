import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import type { Browser } from 'playwright-core';
import { isKept, until } from './device.ts';
import { twoInAGroup, type RunningServer, type Visitor } from './world.ts';

describe('two people and their polls', () => {
  let server: RunningServer;
  let browser: Browser;
  let ann: Visitor;
  let bob: Visitor;

  beforeAll(async () => {
    ({ server, browser, ann, bob } = await twoInAGroup({}, { hasTouch: true }));
  });

  afterAll(async () => {
    await browser?.close();
    await server?.remove();
  });

  afterEach(() => {
    expect([ann, bob].flatMap(({ complaints }) => complaints.splice(0))).toEqual([]);
  });

  const option = (visitor: Visitor, question: string, text: string) => visitor.message(question).getByRole('radio', { name: text });
  const share = (visitor: Visitor, question: string, text: string) =>
    visitor.message(question).locator('.poll-option').filter({ hasText: text }).locator('.poll-share');

  test('one asks by keyboard alone, and both see the question', async () => {
    const { keyboard } = ann.page;
    await ann.composer.focus();
    await keyboard.press('Shift+Tab');
    await keyboard.press('Enter');
    await ann.page.getByRole('dialog', { name: 'New poll' }).getByRole('textbox', { name: 'Question' }).and(ann.page.locator(':focus')).waitFor();
    await keyboard.type('When do we meet?');
    await keyboard.press('Tab');
    for (const text of ['Friday', 'Saturday']) {
      await keyboard.type(text);
      await keyboard.press('Enter');
    }
    await keyboard.type('Friday');
    await ann.page.getByRole('status').getByText('Two options say the same.').waitFor();
    await keyboard.press('Control+a');
    await keyboard.type('Sunday');
    // A fourth line is there by now, and stays empty.
    await keyboard.press('Enter');
    await keyboard.press('Enter');
    await ann.page.getByRole('dialog').waitFor({ state: 'detached' });
    for (const visitor of [ann, bob]) {
      await visitor.message('When do we meet?').waitFor();
      expect(await visitor.message('When do we meet?').locator('.poll-text').allInnerTexts()).toEqual(['Friday', 'Saturday', 'Sunday']);
      await visitor.row('Saturday match').getByText('Poll: When do we meet?').waitFor();
    }
  });

  test('a vote is seen by the other one at once, and so is another choice', async () => {
    await option(bob, 'When do we meet?', 'Saturday').check();
    await share(ann, 'When do we meet?', 'Saturday').getByText('100%').waitFor();
    await ann.message('When do we meet?').getByText('1 person has voted').waitFor();
    await option(bob, 'When do we meet?', 'Sunday').check();
    await share(ann, 'When do we meet?', 'Sunday').getByText('100%').waitFor();
    await share(ann, 'When do we meet?', 'Saturday').getByText('0%').waitFor();
    expect(await option(ann, 'When do we meet?', 'Sunday').isChecked()).toBe(false);
  });

  test('by keyboard the arrows move and the space bar chooses', async () => {
    const { keyboard } = ann.page;
    await option(ann, 'When do we meet?', 'Friday').focus();
    await keyboard.press('ArrowDown');
    await option(ann, 'When do we meet?', 'Saturday').and(ann.page.locator(':focus')).waitFor();
    expect(await ann.message('When do we meet?').getByRole('radio', { checked: true }).count()).toBe(0);
    await keyboard.press('Space');
    await share(bob, 'When do we meet?', 'Saturday').getByText('50%').waitFor();
    expect(await option(ann, 'When do we meet?', 'Saturday').isChecked()).toBe(true);
  });

  test('who chose what can be looked up, and a vote be taken back', async () => {
    await bob.message('When do we meet?').getByRole('button', { name: 'Who?' }).click();
    const dialog = bob.page.getByRole('dialog', { name: 'Who voted' });
    await dialog.getByText('Ann Example').waitFor();
    expect(await dialog.locator('section').filter({ hasText: 'Sunday' }).locator('li bdi').allInnerTexts()).toEqual(['You']);
    await dialog.getByRole('button', { name: 'Close' }).click();
    await bob.message('When do we meet?').getByRole('button', { name: 'Take back' }).click();
    await ann.message('When do we meet?').getByText('1 person has voted').waitFor();
    await share(bob, 'When do we meet?', 'Sunday').getByText('0%').waitFor();
  });

  test('the vote survives a reload, and who asked closes the poll for both', async () => {
    await bob.page.reload();
    await option(bob, 'When do we meet?', 'Friday').check();
    await share(ann, 'When do we meet?', 'Friday').getByText('50%').waitFor();
    await bob.page.reload();
    // What was kept on the device is shown first, and may be older.
    await bob.message('When do we meet?').getByRole('radio', { name: 'Friday', checked: true }).waitFor();
    await ann.choose('When do we meet?', 'Close poll');
    await ann.page.getByRole('dialog').getByRole('button', { name: 'Close poll' }).click();
    for (const visitor of [ann, bob]) {
      await visitor.message('When do we meet?').getByText('Closed', { exact: true }).waitFor();
      expect(await visitor.message('When do we meet?').getByRole('radio', { disabled: true }).count()).toBe(3);
    }
    expect(await option(bob, 'When do we meet?', 'Friday').isChecked()).toBe(true);
  });

  test('in an anonymous poll with several choices nobody sees who, and each their own', async () => {
    await ann.page.getByRole('button', { name: 'New poll' }).click();
    const dialog = ann.page.getByRole('dialog', { name: 'New poll' });
    await dialog.getByRole('textbox', { name: 'Question' }).fill('What shall we eat?');
    await dialog.getByRole('textbox', { name: 'Option 1' }).fill('Soup');
    await dialog.getByRole('textbox', { name: 'Option 2' }).fill('Bread');
    await dialog.getByLabel('Several options may be chosen').check();
    await dialog.getByLabel('Anonymous').check();
    await dialog.getByLabel('End').selectOption('After 1 day');
    await dialog.getByRole('button', { name: 'Ask' }).click();
    const his = bob.message('What shall we eat?');
    await his.getByText(/^Choose one or more · anonymous · until /).waitFor();
    for (const name of ['Soup', 'Bread']) await his.getByRole('checkbox', { name }).check();
    await share(ann, 'What shall we eat?', 'Bread').getByText('100%').waitFor();
    expect(await ann.message('What shall we eat?').getByRole('checkbox', { checked: true }).count()).toBe(0);
    expect(await his.getByRole('button', { name: 'Who?' }).count()).toBe(0);
    await bob.page.reload();
    for (const name of ['Soup', 'Bread']) await his.getByRole('checkbox', { name, checked: true }).waitFor();
  });

  test('what one asks without a connection is there at once, outlives a reload, and is asked once there is one', async () => {
    const { page } = ann;
    ann.outage = true;
    await page.context().setOffline(true);
    await page.getByRole('button', { name: 'New poll' }).click();
    const dialog = page.getByRole('dialog', { name: 'New poll' });
    await dialog.getByRole('textbox', { name: 'Question' }).fill('Who rows?');
    await dialog.getByRole('textbox', { name: 'Option 1' }).fill('Me');
    await dialog.getByRole('textbox', { name: 'Option 2' }).fill('Not me');
    await dialog.getByLabel('End').selectOption('At a chosen time');
    const moment = dialog.getByLabel('Until when');
    expect(await moment.evaluate((input: HTMLInputElement) => input.validity.valid)).toBe(true);
    await moment.fill('2020-01-01T10:00');
    await dialog.getByRole('button', { name: 'Ask' }).click();
    expect(await moment.evaluate((input: HTMLInputElement) => input.validity.rangeUnderflow)).toBe(true);
    const chosen = await moment.evaluate((input: HTMLInputElement) =>
      new Date(Date.parse(`${input.min}Z`) + 40 * 86_400_000).toISOString().slice(0, 16),
    );
    await moment.fill(chosen);
    await dialog.getByRole('button', { name: 'Ask' }).click();
    await dialog.waitFor({ state: 'detached' });
    await ann.ticked('Who rows?', 'Waiting to be sent').waitFor();
    expect(await ann.message('Who rows?').getByRole('radio', { disabled: true }).count()).toBe(2);
    await ann.row('Saturday match').getByText('You: Poll: Who rows?').waitFor();
    await until(() => isKept(page, 'Who rows?', 'anywhere'));
    await page.reload();
    await ann.ticked('Who rows?', 'Waiting to be sent').waitFor();
    await page.context().setOffline(false);
    await option(bob, 'Who rows?', 'Me').first().check();
    await share(ann, 'Who rows?', 'Not me').getByText('0%').waitFor();
    ann.outage = false;
    expect([await ann.count('Who rows?'), await bob.count('Who rows?')]).toEqual([1, 1]);
    const { closesAt } = await page.evaluate(
      async (id) => {
        const { items } = await fetch(`/api/chat/conversations/${id}/messages?limit=5`).then((response) => response.json());
        return items.find(({ content }: { content: string }) => content === 'Who rows?').poll;
      },
      await ann.conversationId('Saturday match'),
    );
    const wanted = await page.evaluate((text) => Date.parse(text), chosen);
    expect(Math.abs(closesAt - wanted)).toBeLessThan(60_000);
  });

  test('in a thread one asks those who read it', async () => {
    await ann.say('About the boat');
    await ann.choose('About the boat', 'Reply in thread');
    await ann.panel.getByRole('button', { name: 'New poll' }).click();
    const dialog = ann.page.getByRole('dialog', { name: 'New poll' });
    await dialog.getByRole('textbox', { name: 'Question' }).fill('Which colour?');
    await dialog.getByRole('textbox', { name: 'Option 1' }).fill('Green');
    await dialog.getByRole('textbox', { name: 'Option 2' }).fill('Blue');
    await dialog.getByRole('button', { name: 'Ask' }).click();
    await ann.panel.locator('.message').filter({ hasText: 'Which colour?' }).waitFor();
    await bob.message('About the boat').getByRole('button', { name: '1 reply' }).click();
    await bob.panel.getByRole('radio', { name: 'Green' }).check();
    await ann.panel.getByText('1 person has voted').waitFor();
    expect(await ann.page.locator('.chat-column .message').filter({ hasText: 'Which colour?' }).count()).toBe(0);
  });
});
