import { afterAll, beforeAll, expect, test } from 'bun:test';
import { join } from 'node:path';
import { examplesIn } from '../support/examples.ts';
import { startServer, type TestServer } from '../support/server.ts';

const JWT_SECRET = 'the secret that both sides of the example have';
const root = join(import.meta.dir, '../..');

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ config: { jwtSecret: JWT_SECRET } });
});
afterAll(() => server.stop());

test('the examples of docs/sdk.md do what they say', async () => {
  const owner = await server.person('Olga', { role: 'owner' });
  const key = await owner.must('key.create', {
    name: 'Shop',
    scopes: ['people:write', 'people:act-as', 'conversations:write', 'messages:write', 'read'],
  });
  const examples = (await examplesIn('docs/sdk.md')).filter(({ language }) => language === 'ts');
  expect(examples).toHaveLength(3);
  for (const { text } of examples) {
    const run = Bun.spawn([process.execPath, '-e', text], {
      cwd: root,
      env: { PATH: process.env.PATH, CHINWAG_URL: server.url, CHINWAG_KEY: key.secret, JWT_SECRET },
      stdout: 'pipe',
      stderr: 'inherit',
    });
    const promised = [...text.matchAll(/^console\.log\(.*\); \/\/ (.*)$/gm)].map(([, words]) => words);
    expect((await new Response(run.stdout).text()).trim().split('\n')).toEqual(promised as string[]);
    expect(await run.exited).toBe(0);
  }
});
