import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Browser } from 'playwright-core';
import { walk } from './walk.ts';
import { launchBrowser, runServer, Visitor, type RunningServer } from './world.ts';

const MESSAGES = 10_000;
/** A screen of rows and what is kept ready above and below it. */
const ROWS_MAX = 80;

describe('a conversation with 10,000 messages', () => {
  let server: RunningServer;
  let browser: Browser;
  let ann: Visitor;
  let bob = '';
  let path = '';

  const call = async (bearer: string, below: string, body?: unknown) => {
    const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' };
    const answer = await fetch(`${server.url}/api/chat${below}`, body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers });
    if (!answer.ok) throw new Error(`${below}: ${answer.status}`);
    return answer.json();
  };
  /** So many messages, through the API. */
  async function fill(bearer: string, count: number, more: object = {}): Promise<void> {
    let next = 0;
    const send = async (): Promise<void> => {
      for (let n = next++; n < count; n = next++) await call(bearer, `${path}/messages`, { content: textOf(n), ...more });
    };
    await Promise.all(Array.from({ length: 32 }, send));
  }

  beforeAll(async () => {
    [server, browser] = await Promise.all([runServer({ RATE_LIMITS: 'off' }), launchBrowser()]);
    bob = await signUp(server.url, 'bob@example.com', 'Bob Example');
    const token = await signUp(server.url, 'ann@example.com', 'Ann Example');
    const found = await call(token, '/contacts?q=bob');
    const group = await call(token, '/conversations', { kind: 'group', title: 'The long talk', memberIds: [found.items[0].id] });
    path = `/conversations/${group.id}`;
    await fill(token, MESSAGES);
    await call(bob, `${path}/messages`, { content: 'Is it over?' });
    ann = await Visitor.at(browser, server.url, 'Ann Example');
    await ann.signIn('ann@example.com', 'a long password');
    await ann.enter('The long talk');
    await ann.message('Is it over?').waitFor();
  });

  afterAll(async () => {
    await browser?.close();
    await server?.remove();
    expect(ann.complaints).toEqual([]);
  });

  const newestSeq = () => ann.page.evaluate(() => Number([...document.querySelectorAll<HTMLElement>('[data-seq]')].at(-1)?.dataset['seq']));

  test('is read from the end to the beginning, without a hole, nothing twice, with few rows in the page', async () => {
    const newest = await newestSeq();
    expect(newest).toBeGreaterThanOrEqual(MESSAGES);
    const { met, disorder, rowsMax, framesMs } = await ann.page.evaluate(walk, { step: -0.8, until: 1 });
    expect(disorder).toEqual([]);
    expect(met).toEqual(Array.from({ length: newest }, (_, i) => newest - i));
    expect(rowsMax).toBeLessThan(ROWS_MAX);
    tell('up', framesMs);
    await ann.page.getByText('This is where it begins.').waitFor();
  });

  test('and back to the end, though not all of it is held', async () => {
    await ann.page.getByRole('button', { name: 'To the newest message' }).waitFor();
    const newest = Number((await call(bob, path)).lastSeq);
    const { met, disorder, rowsMax, framesMs } = await ann.page.evaluate(walk, { step: 0.8, until: newest });
    expect(disorder).toEqual([]);
    expect(met).toEqual(Array.from({ length: newest }, (_, i) => i + 1));
    expect(rowsMax).toBeLessThan(ROWS_MAX);
    tell('down', framesMs);
  });

  test('the keyboard walks beyond what is in the page, and the focus stays with a message that is scrolled away', async () => {
    const { page } = ann;
    await page.getByRole('group', { name: 'Messages' }).focus();
    const newest = await newestSeq();
    for (let n = 0; n < 60; n++) await page.keyboard.press('ArrowUp');
    const focused = (seq: number) => page.locator(`[data-seq="${seq}"]:focus`).waitFor();
    await focused(newest - 59);
    await page.waitForFunction(() => {
      const { top = -1, bottom = 0 } = document.activeElement?.getBoundingClientRect() ?? {};
      return top > 0 && bottom < innerHeight;
    });
    await page.locator('.scroller').evaluate((box) => box.scrollTo({ top: box.scrollHeight }));
    await page.locator(`[data-seq="${newest}"]`).waitFor();
    await focused(newest - 59);
    await page.keyboard.press('ArrowUp');
    await focused(newest - 60);
  });

  test('what arrives is followed at the end, and not while somebody reads further up', async () => {
    const { page } = ann;
    const scroller = page.locator('.scroller');
    const distance = () => scroller.evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight);
    await scroller.evaluate((box) => box.scrollTo({ top: box.scrollHeight }));
    await page.waitForFunction(() => document.querySelector('.to-end') === null);
    await fill(bob, 3);
    await page.waitForFunction(() => document.querySelectorAll('.message').length > 0);
    await page.waitForFunction(() => {
      const box = document.querySelector('.scroller');
      return box !== null && box.scrollHeight - box.scrollTop - box.clientHeight < 2;
    });
    await scroller.evaluate((box) => box.scrollBy(0, -2_000));
    await page.getByRole('button', { name: 'To the newest message' }).waitFor();
    const before = await inSight(ann);
    const far = await distance();
    await fill(bob, 3);
    await page.waitForFunction((far) => {
      const box = document.querySelector('.scroller');
      return box !== null && box.scrollHeight - box.scrollTop - box.clientHeight > far;
    }, far);
    expect(await inSight(ann)).toEqual(before);
  });

  test('a thread that is longer than what is held leads to its beginning and back to its newest reply', async () => {
    const { page } = ann;
    const { id: threadId } = await call(bob, `${path}/messages`, { content: 'The long thread' });
    await call(bob, `${path}/messages`, { content: 'the first reply', threadId });
    await fill(bob, 2_100, { threadId });
    await call(bob, `${path}/messages`, { content: 'the last reply', threadId });
    await page.goto(`/c/${path.split('/').at(-1)}`);
    await ann
      .message('The long thread')
      .getByRole('button', { name: /replies/ })
      .click();
    const reply = (text: string) => ann.panel.locator('.message').filter({ hasText: text });
    await reply('the last reply').waitFor();
    const up = () =>
      page.evaluate(async () => {
        const box = document.querySelector('.thread .scroller');
        while (box && !box.textContent?.includes('the first reply')) {
          box.scrollTo({ top: 0 });
          await new Promise((painted) => void requestAnimationFrame(() => void setTimeout(painted)));
        }
      });
    await up();
    // The newest are not held any longer.
    await page.locator('.thread .scroller').evaluate((box) => box.scrollTo({ top: box.scrollHeight }));
    await ann.panel.getByRole('button', { name: 'To the newest message' }).click();
    await reply('the last reply').waitFor();
    await up();
    await ann.panel.getByRole('textbox').fill('written from the past');
    await ann.panel.getByRole('textbox').press('Enter');
    await reply('written from the past').waitFor();
    await ann.panel.getByRole('textbox').and(page.locator(':focus')).waitFor();
    expect(await reply('the first reply').count()).toBe(0);
  });
});

/** The first message whose beginning is on the screen, and where. */
function inSight({ page }: Visitor): Promise<{ seq: string | undefined; top: number } | undefined> {
  return page.evaluate(() => {
    const edge = document.querySelector('.scroller')?.getBoundingClientRect().top ?? 0;
    return [...document.querySelectorAll<HTMLElement>('.message')]
      .map((item) => ({ seq: item.dataset['seq'], top: Math.round(item.getBoundingClientRect().top) }))
      .find(({ top }) => top >= edge);
  });
}

/** How long the frames took: recorded, and nothing depends on it. */
function tell(way: string, framesMs: number[]): void {
  const sorted = framesMs.toSorted((a, b) => a - b);
  const at = (part: number): string => `${(sorted[Math.floor(sorted.length * part)] ?? 0).toFixed(1)} ms`;
  console.log(`frames on the way ${way}: ${sorted.length}, median ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)}`);
}

const words = 'When the rain had stopped they all went out again and nobody had thought of the ball, which lay where it had been left.'.split(' ');

/** Of one line, of several, and all between. */
function textOf(n: number): string {
  return `${n}: ${words.slice(0, 1 + ((n * 7) % words.length)).join(' ')}${n % 11 === 0 ? '\nand\nso\non' : ''}`;
}

async function signUp(url: string, email: string, name: string): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/api/auth/sign-up/email`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ name, email, password: 'a long password' }),
  });
  return answer.headers.get('set-auth-token') ?? '';
}
