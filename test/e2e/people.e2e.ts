import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import type { Browser } from 'playwright-core';
import { walk } from './walk.ts';
import { twoInAGroup, type RunningServer, type Visitor } from './world.ts';

/** Waits until the message is where one looks. */
const inSight = ({ page }: Visitor, text: string) =>
  page.waitForFunction((text) => {
    const found = [...document.querySelectorAll('.message')].find((item) => item.textContent?.includes(text));
    const { top = -1, bottom = 0 } = found?.getBoundingClientRect() ?? {};
    return top > 60 && bottom < innerHeight - 60;
  }, text);

describe('two people who look for each other and for what was said', () => {
  let server: RunningServer;
  let browser: Browser;
  let ann: Visitor;
  let bob: Visitor;

  beforeAll(async () => {
    ({ server, browser, ann, bob } = await twoInAGroup());
  });

  afterAll(async () => {
    await browser?.close();
    await server?.remove();
  });

  afterEach(() => {
    expect([ann, bob].flatMap(({ complaints }) => complaints.splice(0))).toEqual([]);
  });

  const search = ({ page }: Visitor) => page.getByRole('complementary', { name: 'Search' });
  const profile = ({ page }: Visitor) => page.getByRole('complementary', { name: 'Profile' });

  test('a message of long ago is found by its words and shown where it stands', async () => {
    const { page } = ann;
    await ann.say('The umbrella is <i>green</i>, by the door');
    await page.evaluate(async () => {
      const conversationId = location.pathname.split('/').at(-1);
      for (let n = 1; n <= 140; n++) {
        await fetch(`/api/chat/conversations/${conversationId}/messages`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ content: `line ${n}.` }),
        });
      }
    });
    await bob.page.reload();
    await bob.message('line 140.').waitFor();
    expect(await bob.count('umbrella')).toBe(0);

    await bob.page.getByRole('button', { name: 'Search messages' }).click();
    await search(bob).getByRole('searchbox').fill('umbr gree');
    const hit = search(bob).getByRole('link').filter({ hasText: 'Saturday match' });
    await hit.waitFor();
    expect(await hit.locator('mark').allInnerTexts()).toEqual(['umbrella', 'green']);
    expect(await hit.innerText()).toContain('The umbrella is <i>green</i>');
    await search(bob).getByRole('status').getByText('1 message found').waitFor();
    await bob.page.keyboard.press('ArrowDown');
    await bob.page.keyboard.press('Enter');
    await bob.page.locator('.message:focus').filter({ hasText: 'umbrella' }).waitFor();
    await inSight(bob, 'The umbrella is');
    // Only what stands around it was read.
    expect(await bob.count('line 140.')).toBe(0);
  });

  test('from there the newer messages follow on the way down, without a hole, and what is new meanwhile', async () => {
    const { page } = bob;
    await ann.say('written meanwhile');
    const { texts, disorder } = await page.evaluate(walk, { step: 0.8, until: 'written meanwhile' });
    expect(disorder).toEqual([]);
    expect(texts.filter((text) => text.startsWith('line ')).map((text) => Number.parseInt(text.slice(5), 10))).toEqual(
      Array.from({ length: 140 }, (_, i) => i + 1),
    );
  });

  // Went wrong: when the rest had come its last message was taken for one that was written now, and the page went there.
  test('so they do for whoever wrote them', async () => {
    const { page } = ann;
    await page.reload();
    await ann.message('written meanwhile').waitFor();
    await page.getByRole('button', { name: 'Search messages' }).click();
    await search(ann).getByRole('searchbox').fill('umbrella');
    await search(ann).getByRole('link').first().click();
    await page.locator('.message:focus').filter({ hasText: 'umbrella' }).waitFor();
    const { texts, disorder } = await page.evaluate(walk, { step: 0.8, until: 'written meanwhile' });
    expect(disorder).toEqual([]);
    expect(texts).toHaveLength(142);
    await page.getByRole('button', { name: 'Close' }).first().click();
  });

  test('what one writes from the past stands at the end, and the arrow leads there', async () => {
    const { page } = bob;
    await page.reload();
    await bob.message('line 140.').waitFor();
    await page.getByRole('button', { name: 'Search messages' }).click();
    await search(bob).getByRole('searchbox').fill('umbrella');
    await search(bob).getByRole('link').first().click();
    await page.locator('.message:focus').filter({ hasText: 'umbrella' }).waitFor();
    await page.getByRole('button', { name: 'To the newest message' }).click();
    await bob.message('written meanwhile').waitFor();
    expect(await bob.count('umbrella')).toBe(0);
    await search(bob).getByRole('link').first().click();
    await page.locator('.message:focus').filter({ hasText: 'umbrella' }).waitFor();
    await bob.say('I take the umbrella');
    await bob.message('written meanwhile').waitFor();
  });

  test('the search is narrowed to a conversation and to oneself, page by page', async () => {
    const { page } = bob;
    await search(bob).getByRole('button', { name: 'Close' }).click();
    await bob.enter('Ann Example');
    await bob.say('Is the umbrella yours?');
    // From where nobody writes a slash is enough.
    await page.getByRole('group', { name: 'Messages' }).focus();
    await page.keyboard.press('/');
    await search(bob).getByRole('searchbox').fill('umbrella');
    await search(bob).getByRole('status').getByText('3 messages found').waitFor();
    await search(bob).getByRole('button', { name: 'In Ann Example' }).click();
    await search(bob).getByRole('status').getByText('1 message found').waitFor();
    await search(bob).getByRole('button', { name: 'In Ann Example' }).click();
    await search(bob).getByRole('button', { name: 'From me' }).click();
    await search(bob).getByRole('status').getByText('2 messages found').waitFor();
    await search(bob).getByRole('button', { name: 'From me' }).click();
    await search(bob).getByRole('searchbox').fill('line');
    await search(bob).getByRole('status').getByText('30 messages found').waitFor();
    await search(bob).getByRole('button', { name: 'Show more' }).click();
    await search(bob).getByRole('status').getByText('60 messages found').waitFor();
    await search(bob).getByRole('searchbox').fill('nowhere to be found');
    await search(bob).getByText('No message found.').waitFor();
    await page.keyboard.press('Escape');
    await search(bob).waitFor({ state: 'detached' });
  });

  test('on a phone the result covers nothing of the message that it leads to', async () => {
    const { page } = bob;
    await page.setViewportSize({ width: 360, height: 740 });
    await bob.page.getByRole('button', { name: 'Back to the conversations' }).click();
    await page.getByRole('button', { name: 'Search messages' }).click();
    await search(bob).getByRole('searchbox').fill('umbrella is green');
    await search(bob).getByRole('link').first().click();
    await page.locator('.message:focus').filter({ hasText: 'umbrella' }).waitFor();
    expect(await search(bob).count()).toBe(0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
  });

  test('also not where it began in the conversation itself, which stood at its end', async () => {
    const { page } = bob;
    await page.getByRole('button', { name: 'To the newest message' }).click();
    await bob.message('I take the umbrella').waitFor();
    await page.getByRole('button', { name: 'Show members' }).click();
    await page.getByRole('button', { name: 'Search in this conversation' }).click();
    await search(bob).getByRole('button', { name: 'In Saturday match', pressed: true }).waitFor();
    await search(bob).getByRole('searchbox').fill('"line 41."');
    await search(bob).getByRole('link').first().click();
    await page.locator('.message:focus').filter({ hasText: 'line 41.' }).waitFor();
    await inSight(bob, 'line 41.');
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  test('one says of oneself what the other sees at once', async () => {
    const { page } = ann;
    await bob.enter('Ann Example');
    await bob.page.getByRole('button', { name: 'Show profile' }).click();
    await profile(bob).getByText('online', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Your profile' }).click();
    const dialog = page.getByRole('dialog', { name: 'Your profile' });
    await dialog.getByLabel('Name').fill('Ann van Example');
    await dialog.getByLabel('Status').fill('<b>On</b> the water');
    await dialog.getByLabel('Time zone').selectOption('Asia/Tokyo');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.locator('.account').getByText('<b>On</b> the water').waitFor();
    await profile(bob).getByRole('heading', { name: 'Ann van Example' }).waitFor();
    await profile(bob).getByText('<b>On</b> the water').waitFor();
    await profile(bob)
      .getByText(/local time · Asia\/Tokyo/)
      .waitFor();
    await bob.page.locator('.chat-header').getByText('<b>On</b> the water').waitFor();
  });

  test('who hides is offline to the other, and what cannot be saved says why', async () => {
    const { page } = ann;
    await page.getByRole('button', { name: 'Your profile' }).click();
    const dialog = page.getByRole('dialog', { name: 'Your profile' });
    expect(await dialog.getByLabel('Status').inputValue()).toBe('<b>On</b> the water');
    await dialog.getByRole('checkbox', { name: 'Others see me as offline' }).check();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });
    await profile(bob).getByText('online', { exact: true }).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Your profile' }).click();
    await dialog.getByLabel('Address of a picture').fill('https://');
    await dialog.getByRole('button', { name: 'Save' }).click();
    expect(await dialog.getByLabel('Address of a picture').evaluate((input: HTMLInputElement) => input.validity.valid)).toBe(false);
    await dialog.getByLabel('Address of a picture').fill('');
    await dialog.getByRole('checkbox', { name: 'Others see me as offline' }).uncheck();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });
    await profile(bob).getByText('online', { exact: true }).waitFor();
    await profile(bob).getByRole('button', { name: 'Close' }).click();
  });

  test('a member leads to their profile, and from there to a direct conversation', async () => {
    const { page } = bob;
    await bob.enter('Saturday match');
    await page.getByRole('button', { name: 'Show members' }).click();
    await bob.panel.getByRole('button', { name: 'Ann van Example' }).click();
    await profile(bob).getByRole('heading', { name: 'Ann van Example' }).waitFor();
    await profile(bob).getByRole('button', { name: 'Back' }).click();
    await bob.panel.getByRole('button', { name: 'Ann van Example' }).click();
    await profile(bob).getByRole('button', { name: 'Message', exact: true }).click();
    await bob.message('Is the umbrella yours?').waitFor();
  });

  test('a block closes the direct conversation to both, who read why, and opens it again', async () => {
    const { page } = bob;
    await ann.enter('Bob Example');
    await ann.composer.waitFor();
    await page.getByRole('button', { name: 'Show profile' }).click();
    await profile(bob).getByRole('button', { name: 'Block', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Block Ann van Example' });
    await dialog.getByText('Groups stay as they are.').waitFor();
    await dialog.getByRole('button', { name: 'Block', exact: true }).click();
    await page.getByText('You block Ann van Example: neither of you can write here.').waitFor();
    await profile(bob).getByText('You block this person.').waitFor();
    await ann.page.getByText('You cannot write to this person.').waitFor();
    expect(await ann.page.getByText('You block').count()).toBe(0);

    await page.getByRole('button', { name: 'Your profile' }).click();
    await page.getByRole('dialog').getByRole('group', { name: 'Blocked people' }).getByText('Ann van Example').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
    await page.locator('.composer-note').getByRole('button', { name: 'Unblock Ann van Example' }).click();
    await bob.composer.waitFor();
    await ann.composer.waitFor();
    await profile(bob).getByRole('button', { name: 'Block', exact: true }).waitFor();
    await profile(bob).getByRole('button', { name: 'Close' }).click();
  });

  test('slow mode counts down in the line where one writes', async () => {
    const { page } = bob;
    await ann.enter('Saturday match');
    await bob.enter('Saturday match');
    await ann.page.evaluate(async () => {
      await fetch(`/api/chat/conversations/${location.pathname.split('/').at(-1)}`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ settings: { slowModeSeconds: 4 } }),
      });
    });
    await bob.say('slowly now');
    await page
      .getByText(/Slow mode: you can write again in 0:\d\d/)
      .first()
      .waitFor();
    await bob.composer.fill('patience');
    expect(await page.getByRole('button', { name: 'Send' }).isDisabled()).toBe(true);
    await bob.composer.press('Enter');
    expect(await bob.composer.inputValue()).toBe('patience');
    await page.locator('.send:enabled').waitFor();
    await bob.composer.press('Enter');
    await ann.message('patience').waitFor();
    // Those who run the group are not slowed down.
    await ann.say('one');
    await ann.say('two');
  });

  // The row that ends it is much taller than its guess: nothing that is measured then may move who stands at what was no end.
  test('who waits at the end of the past stays where they are when the last message comes, which ends it', async () => {
    const { page } = ann;
    await ann.startGroup('Tall tale', 'bob');
    await ann.enter('Tall tale');
    await page.evaluate(async () => {
      const path = `/api/chat/conversations/${location.pathname.split('/').at(-1)}`;
      const post = (below: string, body: unknown): Promise<Response> =>
        fetch(path + below, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
      for (let n = 1; n <= 325; n++) await post('/messages', { content: n === 100 ? 'the turning point' : `verse ${n}.` });
      await post('/polls', { question: 'More?', options: ['Yes', 'No', 'Perhaps', 'Later', 'Never'] });
    });
    const released = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    ann.intercepted = true;
    await page.routeWebSocket(/\/api\/chat\/ws$/, (socket) => {
      const behind = socket.connectToServer();
      socket.onMessage((text) => {
        const { type, data } = JSON.parse(String(text));
        if (type !== 'message.list' || data.after !== 325) return behind.send(text);
        asked.resolve();
        void released.promise.then(() => behind.send(text));
      });
    });
    await page.goto('/');
    await ann.enter('Tall tale');
    await ann.message('verse 325.').waitFor();
    await page.getByRole('button', { name: 'Search messages' }).click();
    await search(ann).getByRole('searchbox').fill('turning point');
    await search(ann).getByRole('link').first().click();
    await page.locator('.message:focus').filter({ hasText: 'turning point' }).waitFor();
    await page.evaluate(walk, { step: 0.8, until: 'verse 325.' });
    await asked.promise;
    const last = ann.message('verse 325.');
    const box = page.locator('.scroller');
    await box.evaluate((scroller) => scroller.scrollTo({ top: scroller.scrollHeight }));
    const place = () =>
      last.evaluate(
        (row) => new Promise<number>((done) => requestAnimationFrame(() => setTimeout(() => done(Math.round(row.getBoundingClientRect().top))))),
      );
    const before = await place();
    released.resolve();
    await ann.message('More?').waitFor({ state: 'attached' });
    await place();
    expect(await place()).toBe(before);
  });
});
