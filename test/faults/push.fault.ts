import { Database } from 'bun:sqlite';
import { afterAll, afterEach, describe, expect } from 'bun:test';
import { join } from 'node:path';
import { newId } from '../../src/lib/id.ts';
import { signUp, startProgram, type Caller, type Program } from '../support/program.ts';
import { startPushService, type Browser } from '../support/push-service.ts';
import { fault, levelOf, type Level } from './fault.ts';

/** A lease that ends soon, because a dead worker's jobs wait for that; and no pushes but those that are asked for here. */
const ENV = { PUSH_ALLOW_PRIVATE: 'on', OUTBOX_LEASE_MS: '1000', OUTBOX_POLL_MS: '100', MESSAGE_SETTLE_MS: '86400000', RATE_LIMITS: 'off' };

const service = startPushService();
afterAll(() => service.stop());
let program: Program | null = null;
afterEach(async () => {
  await program?.clear();
  program = null;
});

describe('Web Push when the server dies', () => {
  fault('kill -9 before the job was begun: the push arrives after the restart', async () => {
    const { running, browser, messages, before } = await stage(1);
    process.kill(running.pid, 'SIGSTOP');
    const [id] = ask(running.dataDir, messages);
    await running.end('SIGKILL');
    expect(browser.pushed).toEqual([]);
    const programs = [await restart(running)];
    expect((await browser.next()).data).toMatchObject({ id, messageId: messages[0]?.id, title: 'Rowing', body: 'Ann: message 0' });
    await done(running.dataDir);
    expect(browser.pushed).toHaveLength(1);
    return { programs, before, load: null };
  });

  fault('kill -9 while the push service has not answered yet: the push arrives again, under the same id', async () => {
    const { running, browser, messages, before } = await stage(1);
    browser.answer(() => new Promise(() => undefined));
    const [id] = ask(running.dataDir, messages);
    expect((await browser.next()).data).toMatchObject({ id });
    await running.end('SIGKILL');
    const programs = [await restart(running)];
    expect((await browser.next()).data).toMatchObject({ id, messageId: messages[0]?.id });
    await done(running.dataDir);
    expect(browser.pushed).toHaveLength(2);
    return { programs, before, load: null };
  });

  for (const killAfter of [1, 7, 25]) {
    fault(`kill -9 after ${killAfter} of 40 pushes: each arrives, and what arrives twice has the same id`, async () => {
      const { running, browser, messages, before } = await stage(40);
      const ids = ask(running.dataDir, messages);
      for (let i = 0; i < killAfter; i++) await browser.next();
      await running.end('SIGKILL');
      const programs = [await restart(running)];
      await done(running.dataDir);
      const idsOf = new Map(messages.map((message, i) => [message.id, ids[i] ?? '']));
      expect(new Set(browser.pushed.map(({ data }) => data.messageId)).size).toBe(40);
      for (const { data } of browser.pushed) expect(data.id).toBe(idsOf.get(data.messageId));
      return { programs, before, load: null };
    });
  }

  fault('kill -9 between the answer to messages and what follows from them: each is pushed, under one id', async () => {
    const { running, browser, ann, messages, before } = await stage(10, { MESSAGE_SETTLE_MS: '3000' });
    const waiting = new Set<string>();
    for (const { conversationId } of messages) waiting.add((await send(ann, conversationId, 'kept')).id);
    await running.end('SIGKILL');
    const programs = [await restart(running)];
    while (waiting.size > 0) waiting.delete((await browser.next()).data.messageId);
    await done(running.dataDir);
    const ids = new Map(browser.pushed.map(({ data }) => [data.messageId, data.id]));
    for (const { data } of browser.pushed) expect(data.id).toBe(ids.get(data.messageId));
    return { programs, before, load: null };
  });
});

type Message = { id: string; seq: number; conversationId: string; to: string };

type Stage = { running: Program; browser: Browser; ann: Caller; messages: Message[]; before: Level };

/** Somebody whose browser takes pushes, and messages to them that they have not read, each in a conversation of its own. */
async function stage(count: number, env = {}): Promise<Stage> {
  program = await startProgram({ env: { ...ENV, ...env } });
  const [ann, ben] = [await signUp(program.url, 'Ann'), await signUp(program.url, 'Ben')];
  const messages: Message[] = [];
  for (let n = 0; n < count; n++) messages.push(await write(ann, ben, n));
  // Being added to a conversation is pushed, too; only a browser that comes after it hears of nothing but the messages.
  await done(program.dataDir);
  const browser = service.browser();
  expect((await ben.call('POST', '/push/subscriptions', browser.subscription)).status).toBe(201);
  return { running: program, browser, ann, messages, before: levelOf(program) };
}

async function write(ann: Caller, ben: Caller, n: number): Promise<Message> {
  const made = await ann.call('POST', '/conversations', { kind: 'group', title: 'Rowing', memberIds: [ben.id] });
  expect(made.status).toBe(201);
  const { id: conversationId } = (await made.json()) as { id: string };
  return { ...(await send(ann, conversationId, `message ${n}`)), conversationId, to: ben.id };
}

async function send(ann: Caller, conversationId: string, content: string): Promise<{ id: string; seq: number }> {
  const sent = await ann.call('POST', `/conversations/${conversationId}/messages`, { content });
  expect(sent.status).toBe(201);
  return (await sent.json()) as { id: string; seq: number };
}

/** Commits the jobs, as the transaction that caused them would. Answers their ids. */
function ask(dataDir: string, messages: Message[]): string[] {
  const db = new Database(join(dataDir, 'chinwag.db'));
  // The server is writing, too.
  db.run('pragma busy_timeout = 5000');
  const put = db.prepare('insert into outbox (id, kind, payload, due_at, created_at) values (?, ?, ?, ?, ?)');
  const now = Date.now();
  const ids = messages.map(() => newId());
  db.transaction(() =>
    messages.forEach(({ seq, conversationId, to }, i) =>
      put.run(ids[i] ?? '', 'push.send', JSON.stringify({ userId: to, conversationId, seq, reason: 'message' }), now, now),
    ),
  )();
  db.close();
  return ids;
}

async function restart({ dataDir }: Program): Promise<Program> {
  return (program = await startProgram({ dataDir, env: ENV }));
}

/** Resolves when nothing is left to push. */
async function done(dataDir: string): Promise<void> {
  const db = new Database(join(dataDir, 'chinwag.db'), { readonly: true });
  const left = db.query<{ count: number }, []>("select count(*) as count from outbox where kind like 'push.%'");
  while ((left.get()?.count ?? 0) > 0) await fetch(`${program?.url}/healthz`);
  db.close();
}
