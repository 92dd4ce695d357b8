import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import type { Browser } from 'playwright-core';
import { takeScreenshots } from './screenshots.ts';
import { walk } from './walk.ts';
import { launchBrowser, runServer, Visitor, type RunningServer } from './world.ts';

describe('two people in the web chat', () => {
  let server: RunningServer;
  let browser: Browser;
  let ann: Visitor;
  let bob: Visitor;

  beforeAll(async () => {
    [server, browser] = await Promise.all([runServer(), launchBrowser()]);
    [ann, bob] = await Promise.all([Visitor.at(browser, server.url, 'Ann Example'), Visitor.at(browser, server.url, 'Bob Example')]);
  });

  afterAll(async () => {
    await browser?.close();
    await server?.remove();
  });

  afterEach(() => {
    expect([...ann.complaints.splice(0), ...bob.complaints.splice(0)]).toEqual([]);
  });

  test('a wrong password is told in words', async () => {
    const { page } = ann;
    await page.getByLabel('E-mail').fill('nobody@example.com');
    await page.getByLabel('Password').fill('a wrong password');
    // The browser notes the refusal, as it should.
    const noted = page.waitForEvent('console', (message) => message.text().includes('401'));
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').filter({ hasText: 'The e-mail address or the password is wrong.' }).waitFor();
    await noted;
    expect(ann.complaints.splice(0)).toEqual([expect.stringContaining('401')]);
  });

  test('they sign up', async () => {
    await Promise.all([ann.signUp(), bob.signUp()]);
  });

  test('one finds the other and writes', async () => {
    const { page } = ann;
    await page.getByRole('navigation').getByRole('button', { name: 'New conversation' }).first().click();
    await page.getByRole('searchbox').fill('bob');
    await page.getByRole('dialog').getByRole('button', { name: 'Bob Example' }).click();
    await page.getByRole('heading', { name: 'Bob Example' }).waitFor();
    await page.getByText('online', { exact: true }).waitFor();
    await ann.say('Hello Bob, see https://example.com/a_(b).');
    expect(await ann.message('Hello Bob').getByRole('link').getAttribute('href')).toBe('https://example.com/a_(b)');
  });

  test('the other has an unread badge, and ticks tell of the delivery', async () => {
    await bob.row('Ann Example').getByText('1 unread message').waitFor();
    await bob.page.waitForFunction(() => document.title === '(1) Chinwag');
    await ann.ticked('Hello Bob', 'Delivered').waitFor();
  });

  test('reading clears the badge and turns the ticks', async () => {
    await bob.row('Ann Example').click();
    await bob.message('Hello Bob').waitFor();
    await bob.page.getByText('New messages').waitFor();
    await ann.ticked('Hello Bob', 'Read').waitFor();
    await bob.row('Ann Example').getByText('unread').waitFor({ state: 'detached' });
    await bob.page.waitForFunction(() => document.title === 'Chinwag');
  });

  test('typing is seen, in the chat and in the list', async () => {
    await bob.composer.pressSequentially('Hello');
    await ann.page.getByText('Bob Example is typing').waitFor();
    await ann.row('Bob Example').getByText('typing').waitFor();
    await bob.composer.press('Enter');
    await ann.page.getByText('Bob Example is typing').waitFor({ state: 'detached' });
    await ann.message('Hello').last().waitFor();
    await bob.ticked('Hello', 'Read').last().waitFor();
  });

  test('they talk both ways, in order, each message once', async () => {
    for (const n of [1, 2, 3]) {
      await ann.say(`ping ${n}`);
      await bob.message(`ping ${n}`).waitFor();
      await bob.say(`pong ${n}`);
      await ann.message(`pong ${n}`).waitFor();
    }
    const texts = await ann.page.locator('.message .content').allInnerTexts();
    expect(texts.slice(-6)).toEqual(['ping 1', 'pong 1', 'ping 2', 'pong 2', 'ping 3', 'pong 3']);
    expect(await bob.page.locator('.message .content').allInnerTexts()).toEqual(texts);
  });

  test('a reply quotes what it answers', async () => {
    await bob.message('ping 2').hover();
    await bob.message('ping 2').getByRole('button', { name: 'Reply' }).click();
    await bob.page.getByText('Reply to Ann Example').waitFor();
    await bob.say('the second one');
    await ann.message('the second one').getByText('ping 2').waitFor();
  });

  test('a reaction is seen by the other, who joins in and takes it back', async () => {
    await bob.message('ping 2').first().hover();
    await bob.message('ping 2').first().getByRole('button', { name: 'React' }).click();
    await bob.page.getByRole('menuitem', { name: '🎉' }).click();
    const chip = (count: string) =>
      ann
        .message('ping 2')
        .first()
        .getByRole('button', { name: `🎉, ${count}` });
    await chip('one person').click();
    await bob.message('ping 2').first().getByRole('button', { name: '🎉, 2 people' }).waitFor();
    await chip('2 people').click();
    await bob.message('ping 2').first().getByRole('button', { name: '🎉, one person' }).waitFor();
  });

  test('what looks like HTML stays text', async () => {
    await ann.say('<img src=x onerror=alert(1)><b>bold</b>');
    await bob.message('<img src=x onerror=alert(1)><b>bold</b>').waitFor();
  });

  test('the keyboard reaches the messages and answers one', async () => {
    const { page } = bob;
    await page.getByRole('group', { name: 'Messages' }).focus();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await page.getByText('Reply to yourself').waitFor();
    await page.keyboard.press('Escape');
    await page.getByText('Reply to yourself').waitFor({ state: 'detached' });
  });

  test('emphasis by keyboard, a list and a link are shown as such, and without their marks in the list', async () => {
    await ann.composer.fill('fresh rolls');
    await ann.composer.selectText();
    await ann.composer.press('Control+b');
    expect(await ann.composer.inputValue()).toBe('**fresh rolls**');
    await ann.composer.press('End');
    await ann.composer.pressSequentially(' from [here](https://bakery.example/)');
    await ann.composer.press('Enter');
    const message = bob.message('fresh rolls from here');
    await message.locator('strong').getByText('fresh rolls').waitFor();
    expect(await message.getByRole('link', { name: 'here' }).getAttribute('href')).toBe('https://bakery.example/');
    await bob.row('Ann Example').getByText('fresh rolls from here').waitFor();
  });

  test('a reload shows the history', async () => {
    await bob.page.reload();
    await bob.message('Hello Bob').waitFor();
    await bob.message('the second one').waitFor();
    expect(await bob.count('ping 1')).toBe(1);
  });

  test('the pages survive the sudden death of the server, and nothing is lost or doubled', async () => {
    ann.outage = bob.outage = true;
    await server.kill();
    await ann.page.getByText('No connection.').waitFor();
    await ann.say('written while you were away');
    await ann.ticked('written while you were away', 'Waiting to be sent').waitFor();
    await server.start();
    await bob.message('written while you were away').waitFor();
    await ann.ticked('written while you were away', 'Read').waitFor();
    await ann.page.getByText('No connection.').waitFor({ state: 'detached' });
    await bob.say('welcome back');
    await ann.message('welcome back').waitFor();
    for (const visitor of [ann, bob]) {
      expect(await visitor.count('written while you were away')).toBe(1);
      expect(await visitor.count('welcome back')).toBe(1);
    }
    ann.outage = bob.outage = false;
  });

  test('a message that was refused stays, says so, and can be sent again', async () => {
    const { page } = ann;
    let refusing = true;
    // Until then messages leave over HTTP, which refuses nothing here.
    const greeted = Promise.withResolvers<void>();
    ann.intercepted = true;
    await page.routeWebSocket(/\/api\/chat\/ws$/, (socket) => {
      const behind = socket.connectToServer();
      behind.onMessage((text) => {
        socket.send(text);
        greeted.resolve();
      });
      socket.onMessage((text) => {
        const frame: { id: number; type: string } = JSON.parse(String(text));
        if (!refusing || frame.type !== 'message.send') return behind.send(text);
        const error = { code: 'forbidden', message: 'no', requestId: 'r' };
        socket.send(JSON.stringify({ re: frame.id, ok: false, error }));
      });
    });
    await page.reload();
    await ann.message('welcome back').waitFor();
    await greeted.promise;
    await ann.say('refused at first');
    await ann.message('refused at first').getByRole('alert').getByText('Not sent').waitFor();
    refusing = false;
    await ann.message('refused at first').getByRole('button', { name: 'Send again' }).click();
    await bob.message('refused at first').waitFor();
    await ann.ticked('refused at first', 'Read').waitFor();
    expect(await ann.count('refused at first')).toBe(1);
  });

  test('a group has a name and members, and says who came', async () => {
    const { page } = ann;
    await page.getByRole('button', { name: 'New conversation' }).first().click();
    await page.getByRole('button', { name: 'Group', exact: true }).click();
    await page.getByLabel('Name of the group').fill('Saturday match');
    await page.getByRole('button', { name: 'Create group' }).click();
    await page.getByRole('heading', { name: 'Saturday match' }).waitFor();
    await page.getByRole('button', { name: 'Show members' }).click();
    await page.getByRole('button', { name: 'Add people' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Bob Example' }).click();
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await ann.happened('You added Bob Example').waitFor();
    await page.getByRole('complementary').getByText('2 members').waitFor();
    await bob.enter('Saturday match');
    await bob.happened('Ann Example added Bob Example').waitFor();
    await bob.say('thanks for having me');
    await ann.message('thanks for having me').waitFor();
  });

  test('somebody who leaves a group no longer has it', async () => {
    const { page } = bob;
    await page.getByRole('button', { name: 'Show members' }).click();
    await page.getByRole('button', { name: 'Leave conversation' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Leave conversation' }).click();
    await page.getByRole('heading', { name: 'Pick a conversation' }).waitFor();
    expect(await bob.row('Saturday match').count()).toBe(0);
    await ann.happened('Bob Example left').waitFor();
  });

  test('a long history is read page by page on the way up', async () => {
    const { page } = ann;
    await ann.enter('Bob Example');
    await ann.composer.waitFor();
    await page.evaluate(async () => {
      const conversationId = location.pathname.split('/').at(-1);
      for (let n = 1; n <= 120; n++) {
        await fetch(`/api/chat/conversations/${conversationId}/messages`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ content: `line ${n}.` }),
        });
      }
    });
    await page.reload();
    await ann.message('line 120.').waitFor();
    expect(await ann.count('line 1.')).toBe(0);
    const { disorder } = await page.evaluate(walk, { step: -0.8, until: 'Hello Bob' });
    expect(disorder).toEqual([]);
    await page.getByText('This is where it begins.').waitFor();
    await page.getByRole('button', { name: 'To the newest message' }).click();
    await page.waitForFunction(() => {
      const box = document.querySelector('.scroller');
      return box !== null && box.scrollHeight - box.scrollTop - box.clientHeight < 2;
    });
  });

  test('at the width of a phone there is the list or the chat, and a way back', async () => {
    const { page } = bob;
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto('/');
    await bob.enter('Ann Example');
    await bob.composer.waitFor();
    expect(await page.getByRole('navigation').isVisible()).toBe(false);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    await page.getByRole('button', { name: 'Back to the conversations' }).click();
    await page.getByRole('navigation').waitFor();
    expect(await bob.composer.count()).toBe(0);
  });

  test('signing out ends it, and another tab of the same person notices', async () => {
    const tab = await ann.page.context().newPage();
    await tab.goto('/');
    await tab.getByRole('navigation').waitFor();
    await ann.page.getByRole('button', { name: 'Sign out' }).click();
    await ann.page.getByRole('heading', { name: 'Welcome back' }).waitFor();
    await tab.getByRole('heading', { name: 'Welcome back' }).waitFor();
  });
});

if (process.env['SCREENSHOTS'] === '1')
  test('pictures of every view, in dist/screenshots and docs/images', async () => {
    const browser = await launchBrowser();
    try {
      expect(await takeScreenshots(browser)).toEqual([]);
    } finally {
      await browser.close();
    }
  });
