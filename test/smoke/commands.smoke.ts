import { afterEach, describe, expect, test } from 'bun:test';
import { Database } from 'bun:sqlite';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { version } from '../../package.json';
import { emptyFolder, runProgram, signIn, signUp, startProgram, type Caller, type Program } from '../support/program.ts';

let program: Program | null = null;
let dataDir = '';
afterEach(async () => {
  await program?.clear();
  program = null;
  if (dataDir) rmSync(dataDir, { recursive: true, force: true });
});

const inFolder = (): { DATA_DIR: string } => ({ DATA_DIR: (dataDir = emptyFolder()) });

describe('The commands', () => {
  test('every command explains itself', async () => {
    expect(await runProgram(['--version'])).toMatchObject({ code: 0, out: `${version}\n` });
    const overview = await runProgram(['--help']);
    for (const name of ['serve', 'migrate', 'config', 'admin', 'demo', 'health']) {
      expect(overview.out).toContain(`\n  ${name}`);
      expect(await runProgram([name, '--help'])).toMatchObject({ code: 0, err: '', out: expect.stringContaining(`chinwag ${name}`) });
    }
  });

  test('a wrong call ends with 2 and names the help', async () => {
    expect((await runProgram(['sing'])).code).toBe(2);
    expect(await runProgram(['serve', '--loud'])).toMatchObject({ code: 2, err: expect.stringContaining('chinwag serve --help') });
    expect((await runProgram(['admin', 'backup'])).code).toBe(2);
  });

  test('migrate names what it applied, once', async () => {
    const env = inFolder();
    expect((await runProgram(['migrate'], env)).out).toMatch(/^Applied \d{14}_\w+\n/);
    expect((await runProgram(['migrate'], env)).out).toStartWith('Nothing to do');
  });

  test('config lists the settings, and its defaults are a valid configuration', async () => {
    expect((await runProgram(['config', 'docs'])).out).toContain('`MESSAGE_MAX_CODE_POINTS`');
    const { out } = await runProgram(['config', 'defaults']);
    const lines = out.split('\n').filter((line) => /^[A-Z]/.test(line));
    expect(lines).toContain('PORT=3000');
    const env = Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
    expect(await runProgram(['config', 'check'], env)).toMatchObject({ code: 0, err: '' });
  });

  test('config check lists what is wrong and never prints a secret', async () => {
    const wrong = await runProgram(['config', 'check'], { PORT: '99999', PAGE_DEFAULT: '0', JWT_SECRET: 'hush-hush' });
    expect(wrong).toMatchObject({ code: 1, out: '' });
    expect(wrong.err).toContain('PORT');
    expect(wrong.err).toContain('PAGE_DEFAULT');
    const right = await runProgram(['config', 'check'], {
      DATABASE_URL: 'postgres://me:hush-hush@db.example/chat',
      AUTH_SECRET: `hush-hush-${'x'.repeat(32)}`,
    });
    expect(right).toMatchObject({ code: 0, out: expect.stringContaining('Postgres at db.example/chat') });
    expect(`${wrong.err}${wrong.out}${right.err}${right.out}`).not.toContain('hush-hush');
  });

  test('demo fills an empty database, and no other', async () => {
    const env = inFolder();
    const { code, out } = await runProgram(['demo'], env);
    expect(code).toBe(0);
    program = await startProgram({ dataDir });
    const [email = '', password = ''] = out.match(/\S+@\S+\s+\S+/)?.[0].split(/\s+/) ?? [];
    const person = await signIn(program.url, email, password);
    const list = (await (await person.call('GET', '/conversations')).json()) as { items: { lastSeq: number; membership: { unread: number } }[] };
    expect(list.items.length).toBeGreaterThan(5);
    expect(list.items.some((conversation) => conversation.membership.unread > 0)).toBe(true);
    await program.clear();

    program = await startProgram({ dataDir: env.DATA_DIR });
    await signUp(program.url, 'Ada');
    expect(await runProgram(['demo'], env)).toMatchObject({ code: 1, err: expect.stringContaining('empty database') });
    expect(await program.end()).toBe(0);
  });

  test('serve --demo prints accounts and serves them, also the second time', async () => {
    program = await startProgram({ args: ['--demo'] });
    ({ dataDir } = program);
    const account = /(\S+@\S+)\s+(\S+)/.exec(program.output());
    await signIn(program.url, account?.[1] ?? '', account?.[2] ?? '');
    await program.end();
    program = await startProgram({ args: ['--demo'], dataDir });
    expect(program.output()).toContain(account?.[1] ?? 'nobody');
  });
});

describe('The admin', () => {
  test('has the messages indexed again: a job waits for the server', async () => {
    const env = inFolder();
    expect(await runProgram(['admin', 'reindex'], env)).toMatchObject({ code: 0, err: '', out: expect.stringContaining('indexed again') });
    const db = new Database(join(dataDir, 'chinwag.db'), { readonly: true });
    expect(db.query('select kind from outbox').all()).toEqual([{ kind: 'search.index' }]);
    db.close();
  });

  test('makes an owner while the server runs, and one who may administer', async () => {
    program = await startProgram();
    const env = { DATA_DIR: program.dataDir };
    const made = await runProgram(['admin', 'create-owner', '--email', 'Boss@example.com', '--name', 'Boss'], env);
    const password = /once: (\S+)/.exec(made.out)?.[1] ?? '';
    const boss = await signIn(program.url, 'boss@example.com', password);
    expect(await (await boss.call('GET', '/me')).json()).toMatchObject({ name: 'Boss', organisations: [{ role: 'owner' }] });
    const users = await fetch(`${program.url}/api/auth/admin/list-users`, { headers: { authorization: `Bearer ${boss.token}` } });
    expect(users.status).toBe(200);
  });

  test('replaces a password that is given on standard input and signs the account out', async () => {
    program = await startProgram({ env: { PRINCIPAL_CACHE_MS: '0' } });
    const env = { DATA_DIR: program.dataDir };
    const owner = ['admin', 'create-owner', '--email', 'boss@example.com'];
    await runProgram([...owner, '--name', 'Boss', '--password'], env, 'the first password\n');
    const boss = await signIn(program.url, 'boss@example.com', 'the first password');
    expect((await runProgram([...owner, '--password'], env, 'the second password\n')).code).toBe(0);
    expect((await boss.call('GET', '/me')).status).toBe(401);
    await signIn(program.url, 'boss@example.com', 'the second password');
    expect((await runProgram([...owner, '--password'], env, 'short\n')).code).toBe(1);
  });

  test('shows jobs that wait and that were given up, never what they are about, and has them tried again', async () => {
    program = await startProgram();
    ({ dataDir } = program);
    const env = { DATA_DIR: dataDir };
    const db = new Database(join(dataDir, 'chinwag.db'));
    // The server is writing, too.
    db.run('pragma busy_timeout = 5000');
    db.run(`insert into outbox (id, kind, payload, attempts, due_at, failed_at, last_error, created_at)
      values ('j1', 'of.tomorrow', '{"secret":1}', 12, 0, 1, 'push answered 413', ${Date.now() - 3 * 3_600_000})`);
    const shown = await runProgram(['admin', 'jobs'], env);
    expect(shown).toMatchObject({ code: 0, err: '' });
    expect(shown.out).toMatch(/of\.tomorrow\s+0\s+1\n/);
    expect(shown.out).toMatch(/j1\s+of\.tomorrow\s+12\s+3 h\s+push answered 413\n/);
    expect(shown.out).not.toContain('secret');
    expect(await runProgram(['admin', 'jobs', '--retry'], env)).toMatchObject({ code: 0, out: '1 dead jobs will be tried again.\n' });
    expect(db.query("select attempts, failed_at from outbox where id = 'j1'").all()).toEqual([{ attempts: 0, failed_at: null }]);
    db.close();
  });

  test('backs up while the server writes, and restores when it has stopped', async () => {
    program = await startProgram();
    ({ dataDir } = program);
    const env = { DATA_DIR: dataDir };
    const file = join(dataDir, 'backup.db');
    const ada = await signUp(program.url, 'Ada');
    const { id } = (await (await ada.call('POST', '/conversations', { kind: 'group', title: 'Notes', memberIds: [] })).json()) as { id: string };
    const say = (content: string): Promise<Response> => ada.call('POST', `/conversations/${id}/messages`, { content });
    const before = await stateOf(ada, id);
    await say('before');
    const writing = Promise.all(Array.from({ length: 200 }, (_, i) => say(`meanwhile ${i}`)));
    expect(await runProgram(['admin', 'backup', file], env)).toMatchObject({ code: 0, err: '' });
    await writing;
    await say('after');
    expect(await runProgram(['admin', 'backup', file], env)).toMatchObject({ code: 1, err: expect.stringContaining('never overwrites') });
    expect(await runProgram(['admin', 'restore', file], env)).toMatchObject({ code: 1, err: expect.stringContaining('Stop it first') });
    await program.end();

    const restored = await runProgram(['admin', 'restore', file], env);
    expect(restored).toMatchObject({ code: 0, err: '' });
    expect(existsSync(/is now (\S+)\.\n/.exec(restored.out)?.[1] ?? '')).toBe(true);
    program = await startProgram({ dataDir });
    const after = await stateOf(await signIn(program.url, ada.email, ada.password), id);
    expect(after.contents).toContain('before');
    expect(after.contents).not.toContain('after');
    expect(after.epoch).not.toBe(before.epoch);
  });

  test('restores nothing that is damaged, strange or newer', async () => {
    const env = inFolder();
    await runProgram(['migrate'], env);
    const text = join(dataDir, 'text.db');
    await Bun.write(text, 'not a database at all, but long enough to look like one');
    const strange = join(dataDir, 'strange.db');
    new Database(strange).run('create table recipe (name text)');
    const newer = join(dataDir, 'newer.db');
    await runProgram(['admin', 'backup', newer], env);
    new Database(newer).run("insert into chinwag_migration values ('99991231_future', 0)");
    for (const [file, reason] of [
      [text, 'cannot be read'],
      [strange, 'is not a Chinwag database'],
      [newer, 'newer version'],
      [join(dataDir, 'none.db'), 'no file'],
    ] as const) {
      expect(await runProgram(['admin', 'restore', file], env)).toMatchObject({ code: 1, err: expect.stringContaining(reason) });
    }
    expect(readdirSync(dataDir).filter((name) => name.includes('before') || name.includes('restoring'))).toEqual([]);
  });

  test('tells Postgres users what to use instead', async () => {
    const env = { DATABASE_URL: 'postgres://127.0.0.1/chat', AUTH_SECRET: 'x'.repeat(32) };
    expect(await runProgram(['admin', 'backup', 'chat.dump'], env)).toMatchObject({ code: 2, err: expect.stringContaining('pg_dump') });
    expect(await runProgram(['admin', 'restore', 'chat.dump'], env)).toMatchObject({ code: 2, err: expect.stringContaining('pg_restore') });
  });
});

async function stateOf(person: Caller, conversationId: string): Promise<{ epoch: string; contents: string[] }> {
  const { epoch, messages } = (await (await person.call('POST', '/sync', { conversations: {} })).json()) as {
    epoch: string;
    messages: Record<string, { items: { content: string }[] }>;
  };
  return { epoch, contents: messages[conversationId]?.items.map((message) => message.content) ?? [] };
}
