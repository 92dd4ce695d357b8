import { afterEach, describe, expect, test } from 'bun:test';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { emptyFolder, freePort, runProgram, signUp, startProgram, type Program } from '../support/program.ts';
import { connect } from '../support/socket.ts';

const FIRST_ANSWER_MAX_MS = 2_000;

let program: Program | null = null;
afterEach(async () => {
  await program?.clear();
  program = null;
});

describe('The binary', () => {
  test('serves from an empty folder, carries a message from HTTP to a socket and ends with 0', async () => {
    program = await startProgram();
    const { url } = program;
    console.log(`first answer after ${Math.round(program.firstAnswerMs)} ms`);
    expect(program.firstAnswerMs).toBeLessThan(FIRST_ANSWER_MAX_MS);

    const [ada, ben] = await Promise.all([signUp(url, 'Ada'), signUp(url, 'Ben')]);
    const socket = await connect(`${url.replace('http', 'ws')}/api/chat/ws`, { authorization: `Bearer ${ben.token}` });
    const sent = await ada.call('POST', '/send', { receiverId: ben.id, content: 'Hello from outside' });
    expect(sent.status).toBe(201);
    const event = await socket.event('message.created');
    expect(event.data.content).toBe('Hello from outside');

    expect(await program.end('SIGTERM')).toBe(0);
    expect((await socket.closed).code).toBe(1012);
    expect(program.output()).toContain(`is ready: ${url}`);
    expect(program.output()).toContain('/api/auth/sign-up/email');
    expect(existsSync(join(program.dataDir, 'chinwag.db'))).toBe(true);
  });

  test('keeps what it has over a restart, with the secret that it made', async () => {
    program = await startProgram();
    const { dataDir } = program;
    const ada = await signUp(program.url, 'Ada');
    await ada.call('POST', '/conversations', { kind: 'group', title: 'Kept', memberIds: [] });
    await program.end();
    program = await startProgram({ dataDir });
    const again = await fetch(`${program.url}/api/chat/conversations`, { headers: { authorization: `Bearer ${ada.token}` } });
    expect(await again.json()).toMatchObject({ items: [{ title: 'Kept' }] });
  });

  test('serves the web chat, the reference and their files', async () => {
    program = await startProgram();
    const page = await fetch(program.url);
    const html = await page.text();
    expect(page.headers.get('content-type')).toContain('text/html');
    const links = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].flatMap((match) => match[1] ?? []);
    expect(links.length).toBeGreaterThan(1);
    for (const link of links) expect((await fetch(`${program.url}${link}`)).status).toBe(200);

    const reference = await fetch(`${program.url}/api/docs`);
    expect(reference.status).toBe(200);
    expect((await fetch(`${program.url}/api/docs/assets/swagger-ui-bundle.js`)).status).toBe(200);
    expect(await (await fetch(`${program.url}/api/openapi.json`)).json()).toMatchObject({ openapi: expect.stringMatching(/^3\.1/) });
  });

  test('ends cleanly on Ctrl+C while a request keeps its connection open', async () => {
    program = await startProgram();
    await (await fetch(`${program.url}/healthz`, { headers: { connection: 'keep-alive' } })).text();
    expect(await program.end('SIGINT')).toBe(0);
  });

  test('answers health while it runs and not afterwards', async () => {
    program = await startProgram();
    const env = { PORT: String(program.port) };
    expect(await runProgram(['health'], env)).toMatchObject({ code: 0, out: 'ready\n' });
    await program.end();
    expect((await runProgram(['health'], env)).code).toBe(1);
  });

  test('says in a sentence that its port is taken', async () => {
    program = await startProgram();
    const { code, err } = await runProgram(['serve'], { PORT: String(program.port), HOST: '127.0.0.1', DATA_DIR: emptyFolder() });
    expect(code).toBe(1);
    expect(err).toStartWith(`Port ${program.port} is in use.`);
    expect(err).not.toContain('    at ');
  });
});

describe('A start that cannot succeed says why, without a stack', () => {
  const port = String(freePort());
  const cases: [string, Record<string, string>, RegExp][] = [
    ['a wrong number', { PORT: 'eighty' }, /PORT/],
    ['Postgres without a secret', { DATABASE_URL: 'postgres://127.0.0.1/none' }, /AUTH_SECRET: required with Postgres/],
    [
      'Postgres that is not there',
      { DATABASE_URL: `postgres://127.0.0.1:${port}/none`, AUTH_SECRET: 'x'.repeat(32) },
      /^DATABASE_URL: cannot reach Postgres/,
    ],
    ['a file that is no database', { DATABASE_URL: `sqlite:${import.meta.path}` }, /^DATABASE_URL: .* is no SQLite database/],
    ['a folder that cannot be made', { DATA_DIR: '/dev/null/data' }, /^DATABASE_URL: cannot open/],
    ['a database of no known kind', { DATABASE_URL: 'mysql://127.0.0.1/none' }, /must start with sqlite: or postgres:/],
  ];
  for (const [what, env, sentence] of cases) {
    test(what, async () => {
      const { code, err } = await runProgram(['serve'], { PORT: port, DATA_DIR: emptyFolder(), ...env });
      expect(code).toBe(1);
      expect(err).toMatch(sentence);
      expect(err).not.toContain('    at ');
    });
  }
});
