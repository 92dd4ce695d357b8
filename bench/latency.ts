/**
 * How long a message takes from one person's Enter until the other person's screen shows it, in two browsers on this machine:
 * `bun run build && CHINWAG_BIN=dist/chinwag bun bench/latency.ts`. Both clocks are the machine's own; shown means that the next frame has begun.
 */
import { join } from 'node:path';
import { launchBrowser, runServer, Visitor } from '../test/e2e/world.ts';
import { machine } from './machine.ts';

const MESSAGES = 100;
/** The first ones find nothing warm and are left out. */
const WARM_UP = 10;

const [server, browser, otherBrowser] = await Promise.all([runServer({ RATE_LIMITS: 'off' }), launchBrowser(), launchBrowser()]);
const [ann, bob] = await Promise.all([Visitor.at(browser, server.url, 'Ann Example'), Visitor.at(otherBrowser, server.url, 'Bob Example')]);
await Promise.all([ann.signUp(), bob.signUp()]);
await ann.startGroup('Saturday match', 'bob');
await Promise.all([ann.row('Saturday match').click(), bob.row('Saturday match').click()]);
await Promise.all([ann.composer.waitFor(), bob.composer.waitFor()]);

const took: number[] = [];
for (let n = 0; n < WARM_UP + MESSAGES; n++) {
  const text = `Message number ${n}.`;
  await ann.composer.fill(text);
  // Both watch before the key is pressed.
  const [pressed, shown] = await Promise.all([ann.page.evaluateHandle(watchKey), bob.page.evaluateHandle(watchScreen, text)]);
  await ann.composer.press('Enter');
  took.push((await shown.evaluate(({ at }) => at)) - (await pressed.evaluate(({ at }) => at)));
}
const counted = took.slice(WARM_UP).toSorted((a, b) => a - b);
const at = (part: number): number => Math.round((counted[Math.floor(counted.length * part)] ?? 0) * 10) / 10;
const report = {
  what: 'From Enter in one browser to the text on the screen of another, on one machine. Milliseconds.',
  messages: counted.length,
  minMs: at(0),
  medianMs: at(0.5),
  p95Ms: at(0.95),
  maxMs: at(0.999),
  machine: await machine(undefined),
};
console.log(JSON.stringify(report, null, 2));
const target = process.argv[2];
if (target) await Bun.write(join(process.cwd(), target), `${JSON.stringify(report, null, 2)}\n`);
await Promise.all([browser.close(), otherBrowser.close()]);
await server.remove();

/** In the page of the one who writes. In an object, because a promise itself would be waited for. */
function watchKey(): { at: Promise<number> } {
  const at = new Promise<number>((resolve) => {
    const pressed = ({ key }: KeyboardEvent): void => {
      if (key === 'Enter') resolve(performance.timeOrigin + performance.now());
    };
    addEventListener('keydown', pressed, { capture: true, once: true });
  });
  return { at };
}

/** In the page of the one who reads. */
function watchScreen(text: string): { at: Promise<number> } {
  const at = new Promise<number>((resolve) => {
    const observer = new MutationObserver(() => {
      if (![...document.querySelectorAll('.message')].at(-1)?.textContent?.includes(text)) return;
      observer.disconnect();
      requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.timeOrigin + performance.now())));
    });
    observer.observe(document.body, { childList: true, subtree: true, characterData: true });
  });
  return { at };
}
