/**
 * Lighthouse on the compiled binary with its demo: `bun run build && CHINWAG_BIN=dist/chinwag bun bench/lighthouse.ts [file]`. The page of
 * somebody who was never here, and the list and a conversation of somebody who comes back. It multiplies every pause by four on mobile,
 * so the machine must have nothing else to do.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext } from 'playwright-core';
import { emailOf, PASSWORD } from '../src/cli/demo/people.ts';
import { CHROMIUM, runServer } from '../test/e2e/world.ts';
import { install } from './install.ts';
import { machine } from './machine.ts';
import { root } from './peer.ts';

const RUNS = Number(process.env['BENCH_RUNS'] ?? 3);
const PRESETS = ['mobile', 'desktop'] as const;
const CATEGORIES = ['performance', 'accessibility', 'best-practices'] as const;
const folder = join(root, 'bench/lighthouse');

type Preset = (typeof PRESETS)[number];
type Report = {
  lighthouseVersion: string;
  environment: { benchmarkIndex: number };
  categories: Record<string, { score: number }>;
  audits: Record<string, { numericValue: number }>;
};

install(folder, 'Lighthouse');
const server = await runServer({ DEMO: 'on' });
const temporary = await mkdtemp(join(tmpdir(), 'chinwag-lighthouse-'));
const known = join(temporary, 'known');
const room = await comeOnce();
const pages = { 'sign-in': '/sign-in', list: '/', conversation: room };
const results: Record<string, unknown>[] = [];
for (let run = 1; run <= RUNS; run++) {
  for (const preset of PRESETS) {
    for (const [page, path] of Object.entries(pages)) {
      const profile = page === 'sign-in' ? join(temporary, `new-${run}-${preset}`) : known;
      const result = { run, preset, page, ...figures(await audit(profile, `${server.url}${path}`, preset)) };
      console.log(JSON.stringify(result));
      results.push(result);
    }
  }
}
const target = process.argv[2];
const report = { what: 'Lighthouse, each time in a browser just started', machine: await machine(undefined), results };
if (target) await Bun.write(join(process.cwd(), target), `${JSON.stringify(report, null, 2)}\n`);
await server.remove();
await rm(temporary, { recursive: true, force: true });

/** Leaves a profile that is signed in and has seen the list and a conversation. Answers the path of the latter. */
async function comeOnce(): Promise<string> {
  const context = await open(known);
  const page = await context.newPage();
  await page.goto(`${server.url}/sign-in`);
  await page.getByLabel('E-mail').fill(emailOf('sofia'));
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  const row = page.getByRole('navigation', { name: 'Conversations' }).getByRole('link').first();
  const path = (await row.getAttribute('href')) ?? '';
  await row.click();
  await page.locator('.message').first().waitFor();
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
  await page.waitForLoadState('networkidle');
  await context.close();
  return path;
}

function open(profile: string, ...args: string[]): Promise<BrowserContext> {
  return chromium.launchPersistentContext(profile, { ...CHROMIUM, args: [...CHROMIUM.args, ...args] });
}

/** In a browser of its own: in one that has shown pages before, Lighthouse counts the collecting of their garbage. */
async function audit(profile: string, url: string, preset: Preset): Promise<Report> {
  const output = join(temporary, 'report.json');
  const port = 20_000 + Math.floor(Math.random() * 10_000);
  const context = await open(profile, `--remote-debugging-port=${port}`);
  const options = ['--port', String(port), '--disable-storage-reset', '--quiet', '--output=json', `--output-path=${output}`];
  const lighthouse = Bun.spawn(
    [
      'node',
      join(folder, 'node_modules/lighthouse/cli/index.js'),
      url,
      ...options,
      `--only-categories=${CATEGORIES.join(',')}`,
      ...(preset === 'desktop' ? ['--preset=desktop'] : []),
    ],
    { stdin: 'ignore', stdout: 'inherit', stderr: 'inherit' },
  );
  const code = await lighthouse.exited;
  await context.close();
  if (code !== 0) throw new Error(`Lighthouse ended with ${code} at ${url}.`);
  return Bun.file(output).json();
}

function figures({ lighthouseVersion, environment, categories, audits }: Report) {
  const score = (name: string): number => Math.round((categories[name]?.score ?? 0) * 100);
  const value = (name: string): number => Math.round((audits[name]?.numericValue ?? 0) * 1000) / 1000;
  return {
    ...Object.fromEntries(CATEGORIES.map((name) => [name, score(name)])),
    firstContentfulPaintMs: Math.round(value('first-contentful-paint')),
    largestContentfulPaintMs: Math.round(value('largest-contentful-paint')),
    totalBlockingTimeMs: Math.round(value('total-blocking-time')),
    layoutShift: value('cumulative-layout-shift'),
    transferredBytes: value('total-byte-weight'),
    benchmarkIndex: environment.benchmarkIndex,
    lighthouse: lighthouseVersion,
  };
}
