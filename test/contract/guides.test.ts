import { expect, test } from 'bun:test';
import { join } from 'node:path';
import { PATIENCE_MS } from '../support/patience.ts';
import { startServer } from '../support/server.ts';

const root = join(import.meta.dir, '../..');
const localhost = 'http://localhost:3000';

/** What the commands of a guide print, in their order; those of one block run in the same shell as those before. */
async function printed(page: string, url: string): Promise<string> {
  const blocks = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map((match) => match[1] ?? '');
  const commands = blocks.join('\n').replaceAll(localhost, url);
  const script = `curl() { "$BUN" "$CURL" "$@"; echo; }\n${commands}`;
  const shell = Bun.spawn(['bash', '-euo', 'pipefail', '-c', script], {
    env: { PATH: process.env.PATH ?? '', BUN: process.execPath, CURL: join(root, 'test/support/curl.ts') },
    stderr: 'pipe',
  });
  const [out, err, code] = await Promise.all([new Response(shell.stdout).text(), new Response(shell.stderr).text(), shell.exited]);
  expect([code, err]).toEqual([0, '']);
  return out;
}

test(
  'docs/server-to-server.md: every command does what the page says',
  async () => {
    const server = await startServer();
    const answers = (await printed(await Bun.file(join(root, 'docs/server-to-server.md')).text(), server.url))
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
    expect(answers).toMatchObject([
      { items: [{ name: 'Dora', externalId: '4711' }, { name: 'Emil' }] },
      { seq: 1, sender: { name: 'Dora', kind: 'user' }, clientId: 'order-4711-placed' },
      { seq: 1, sender: { name: 'Emil' } },
      { items: [{ user: { kind: 'bot' } }] },
      { sender: { name: 'Shop', kind: 'bot' }, content: 'Your order was shipped.' },
      { items: { length: 5, 0: { action: 'member.add', key: { name: 'Shop' }, actor: { name: 'Dora' } } } },
      { items: [{ name: 'Shop' }] },
      { error: { code: 'unauthenticated' } },
    ]);
    await server.stop();
  },
  PATIENCE_MS,
);
