import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSdk } from '../../src/cli/build-sdk.ts';
import { startProgram, type Program } from '../support/program.ts';
import { examplesIn } from '../support/examples.ts';

const root = join(import.meta.dir, '../..');

/** Another project, which has the package as it is published, on Node. */
describe('The package', () => {
  let folder = '';
  let program: Program;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'chinwag-sdk-'));
    const modules = join(folder, 'node_modules');
    mkdirSync(join(modules, 'chinwag'), { recursive: true });
    await Bun.write(join(modules, 'chinwag/package.json'), Bun.file(join(root, 'package.json')));
    for (const name of ['zod', 'react', '@types', 'ws', 'jose', 'undici-types']) symlinkSync(join(root, 'node_modules', name), join(modules, name));
    await buildSdk(join(modules, 'chinwag/dist/sdk'));
    program = await startProgram();
  }, 60_000);
  afterAll(async () => {
    await program?.clear();
    rmSync(folder, { recursive: true, force: true });
  });

  test('talks to a server from Node, which has no WebSocket of its own', async () => {
    await Bun.write(join(folder, 'talk.mjs'), talk(program.url));
    const node = Bun.spawn(['node', 'talk.mjs'], { cwd: folder, stdout: 'pipe', stderr: 'inherit' });
    expect((await new Response(node.stdout).text()).trim()).toBe('from node sent');
    expect(await node.exited).toBe(0);
  });

  test('has types for every example of docs/sdk.md', async () => {
    const examples = (await examplesIn('docs/sdk.md')).filter(({ language }) => language === 'ts' || language === 'tsx');
    expect(examples.length).toBeGreaterThan(3);
    for (const [n, { language, text }] of examples.entries()) await Bun.write(join(folder, `example-${n}.${language}`), `${text}\nexport {};\n`);
    await Bun.write(join(folder, 'tsconfig.json'), JSON.stringify(strict));
    const tsc = Bun.spawn(['bunx', 'tsc', '-p', join(folder, 'tsconfig.json')], { cwd: root, stdout: 'pipe', stderr: 'inherit' });
    expect(await new Response(tsc.stdout).text()).toBe('');
    expect(await tsc.exited).toBe(0);
  });
});

const strict = {
  compilerOptions: {
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    target: 'ESNext',
    module: 'ESNext',
    moduleResolution: 'bundler',
    jsx: 'react-jsx',
    lib: ['ESNext', 'DOM', 'DOM.Iterable'],
    types: ['node'],
  },
  include: ['example-*'],
};

const talk = (url: string): string => `
  import { createClient } from 'chinwag/client';
  import WebSocket from 'ws';
  const webSocket = (url, protocol, headers) => new WebSocket(url, protocol, { headers });
  const client = createClient({ url: ${JSON.stringify(url)}, webSocket });
  await client.signUp({ name: 'Node', email: 'node@example.com', password: 'a long password' });
  const until = (done) => new Promise((resolve) => {
    const look = () => done(client.get()) && resolve(stop());
    const stop = client.subscribe(look);
    look();
  });
  await until(({ synced }) => synced);
  const { id } = await client.startGroup('Alone', []);
  await client.openConversation(id);
  client.send(id, { content: 'from node' });
  await until((state) => state.timelines.get(id)?.messages.length > 0 && !state.outbox.has(id));
  const [message] = client.get().timelines.get(id).messages;
  console.log(message.content, message.status);
  client.stop();
`;
