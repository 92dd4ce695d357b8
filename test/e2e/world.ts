import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { PATIENCE_MS } from '../support/patience.ts';

const root = join(import.meta.dir, '../..');
const command = (process.env['CHINWAG_BIN'] ?? 'bun src/main.ts').split(' ');

export type RunningServer = {
  url: string;
  /** As a power cut would: no goodbye, nothing written that was not written yet. */
  kill(): Promise<void>;
  /** The same program on the same port and data. Resolves when it takes traffic. */
  start(): Promise<void>;
  remove(): Promise<void>;
};

export async function runServer(env: Record<string, string> = {}): Promise<RunningServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'chinwag-e2e-'));
  const port = await freePort();
  let child: Bun.Subprocess<'ignore', 'pipe', 'inherit'> | null = null;

  const server: RunningServer = {
    url: `http://localhost:${port}`,
    async start() {
      const started = Bun.spawn([...command, 'serve'], {
        cwd: root,
        env: { ...process.env, DATA_DIR: dataDir, PORT: String(port), LOG_LEVEL: 'info', ...env },
        stdin: 'ignore',
        stdout: 'pipe',
        stderr: 'inherit',
      });
      child = started;
      await untilSaid(started.stdout, '"ready"');
    },
    async kill() {
      child?.kill('SIGKILL');
      await child?.exited;
    },
    async remove() {
      await server.kill();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}

async function untilSaid(output: ReadableStream<Uint8Array>, words: string): Promise<void> {
  const decoder = new TextDecoder();
  const reader = output.getReader();
  for (let said = ''; !said.includes(words);) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`the server ended before it said ${words}:\n${said}`);
    said += decoder.decode(value, { stream: true });
  }
  // Read on, so that the pipe never fills.
  void (async () => {
    while (!(await reader.read()).done);
  })();
}

async function freePort(): Promise<number> {
  const probe = createServer();
  const { promise, resolve } = Promise.withResolvers<number>();
  probe.listen(0, () => {
    const address = probe.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    probe.close(() => resolve(port));
  });
  return promise;
}

/** How the browser of the machine is started. */
export const CHROMIUM = {
  executablePath: '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};

export function launchBrowser(): Promise<Browser> {
  return chromium.launch(CHROMIUM);
}

/** Somebody at a browser of their own. What goes wrong in the page is collected, and fails the test. */
export class Visitor {
  readonly complaints: string[] = [];
  /** While the server is down the browser itself complains about refused connections. */
  outage = false;
  /** Their socket goes by way of the test, which may pass a frame on to one that closed in the same moment. */
  intercepted = false;

  private constructor(
    readonly name: string,
    readonly page: Page,
  ) {
    page.on('pageerror', (error) => this.complaints.push(`${name}: ${error.stack ?? error.message}`));
    page.on('console', (message) => {
      if (message.type() !== 'error' && message.type() !== 'warning') return;
      if (this.outage && /ERR_CONNECTION_(REFUSED|RESET)|ERR_INTERNET_DISCONNECTED|ERR_EMPTY_RESPONSE|WebSocket connection to/.test(message.text()))
        return;
      if (this.intercepted && message.text().startsWith('WebSocket is already in CLOSING or CLOSED state')) return;
      this.complaints.push(`${name}: ${message.text()} (${message.location().url})`);
    });
  }

  static async at(browser: Browser, url: string, name: string, options: BrowserContextOptions = {}): Promise<Visitor> {
    const context = await browser.newContext({ baseURL: url, locale: 'en-GB', viewport: { width: 1280, height: 800 }, ...options });
    context.setDefaultTimeout(PATIENCE_MS);
    await context.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => console.error(`CSP: ${event.violatedDirective} ${event.blockedURI}`));
    });
    const visitor = new Visitor(name, await context.newPage());
    await visitor.page.goto('/');
    return visitor;
  }

  async signUp(): Promise<void> {
    const { page, name } = this;
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.getByLabel('Name').fill(name);
    await page.getByLabel('E-mail').fill(`${name.toLowerCase().replaceAll(' ', '.')}@example.com`);
    await page.getByLabel('Password').fill('a long password');
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.getByRole('heading', { name: 'No conversations yet' }).waitFor();
  }

  async signIn(email: string, password: string): Promise<void> {
    const { page } = this;
    await page.getByLabel('E-mail').fill(email);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('navigation', { name: 'Conversations' }).waitFor();
  }

  async say(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press('Enter');
    await this.message(text).waitFor();
  }

  get composer() {
    return this.page.getByRole('textbox', { name: 'Write to' });
  }

  /** The message in the open conversation. */
  message(text: string) {
    return this.page.locator('.message').filter({ hasText: text });
  }

  /** Chooses an entry in the menu of a message. */
  async choose(text: string, entry: string): Promise<void> {
    const message = this.message(text).first();
    await message.hover();
    await message.getByRole('button', { name: 'More', exact: true }).click();
    await this.page.getByRole('menuitem', { name: entry, exact: true }).click();
  }

  /** A group with people who are found by these words, and a direct conversation with the first of them. Not through the page. */
  async startGroup(title: string, ...queries: string[]): Promise<void> {
    await this.page.evaluate(
      async ([title, ...queries]) => {
        const post = (path: string, body: unknown): Promise<Response> =>
          fetch(`/api/chat${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
        const found = await Promise.all(queries.map((q) => fetch(`/api/chat/contacts?q=${q}`).then((response) => response.json())));
        const memberIds = found.map(({ items }) => items[0].id);
        await post('/conversations', { kind: 'group', title, memberIds });
        await post('/conversations', { kind: 'direct', userId: memberIds[0] });
      },
      [title, ...queries],
    );
  }

  async conversationId(title: string): Promise<string> {
    return (await this.row(title).getAttribute('href'))?.split('/').at(-1) ?? '';
  }

  /** What stands beside the conversation. */
  get panel() {
    return this.page.getByRole('complementary');
  }

  /** The conversation in the list. */
  row(name: string) {
    return this.page
      .getByRole('navigation')
      .getByRole('link')
      .filter({ has: this.page.locator('.row-title').getByText(name, { exact: true }) });
  }

  /** Opens the conversation from the list, by keyboard: a row that moves while a finger goes down and up is not clicked. */
  async enter(name: string): Promise<void> {
    await this.row(name).press('Enter');
  }

  /** What happened to the group, in the open conversation. */
  happened(text: string) {
    return this.page.locator('.system').getByText(text);
  }

  /** An own message with these ticks. */
  ticked(text: string, status: 'Sent' | 'Delivered' | 'Read' | 'Waiting to be sent') {
    return this.message(text).filter({ has: this.page.getByRole('img', { name: status, exact: true }) });
  }

  async count(text: string): Promise<number> {
    return this.message(text).count();
  }
}

/** Ann and Bob in the group "Saturday match", which both have open, each at a browser of their own. */
export async function twoInAGroup(env: Record<string, string> = {}, bobs: BrowserContextOptions = {}) {
  const [server, browser] = await Promise.all([runServer(env), launchBrowser()]);
  const [ann, bob] = await Promise.all([Visitor.at(browser, server.url, 'Ann Example'), Visitor.at(browser, server.url, 'Bob Example', bobs)]);
  await Promise.all([ann.signUp(), bob.signUp()]);
  await ann.startGroup('Saturday match', 'bob');
  await Promise.all([ann.enter('Saturday match'), bob.enter('Saturday match')]);
  return { server, browser, ann, bob };
}
