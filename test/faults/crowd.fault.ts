import { Database } from 'bun:sqlite';
import { afterEach, describe, expect } from 'bun:test';
import { createDatabase, postgresUrl, type Dialect, type TestDatabase } from '../support/database.ts';
import { startProgram, type Program } from '../support/program.ts';
import { conversationRow, memberRows, messageRows, upTo } from '../support/rows.ts';
import { openTestStore } from '../support/migrated.ts';
import { createRandom, putCrowd, work, type Message, type Sender } from './crowd.ts';
import { fault, type Level, levelOf, ONE_INSTALLATION } from './fault.ts';

const seed = Number(process.env.FAULT_SEED ?? Math.floor(Math.random() * 2 ** 31));
const rounds = Number(process.env.FAULT_ROUNDS ?? 5);
const dialects: Dialect[] = postgresUrl ? ['sqlite', 'postgres'] : ['sqlite'];
let program: Program | null = null;
let database: TestDatabase | null = null;
afterEach(async () => {
  await program?.clear();
  await database?.drop();
  program = database = null;
});

async function start(): Promise<Program> {
  const env = { ...ONE_INSTALLATION, DATABASE_URL: database?.url ?? '' };
  return (program = await startProgram({ dataDir: database?.dataDir ?? '', env }));
}

for (const dialect of dialects) {
  describe(`64 senders on both doors and ${dialect} (FAULT_SEED=${seed})`, () => {
    fault(`lose nothing that was acknowledged when the server is killed ${rounds} times, and repeat what was not`, async () => {
      database = await createDatabase(dialect);
      const random = createRandom(seed);
      const store = await openTestStore(database.url);
      const { senders, conversationIds } = await putCrowd(store, 64, 4, seed);
      await store.close();

      let before: Level = { handles: 0, residentKb: 0 };
      for (const _ of upTo(rounds)) {
        before = await workUntilKilled(senders, await start(), 20 + Math.floor(random() * 1_500));
        checkFile(database);
      }
      const server = await start();
      await Promise.all(senders.map((sender) => work(sender, server.url, 'overdue', () => undefined)));
      checkFile(database);
      await checkRows(database, senders, conversationIds);
      return { programs: [server], before, load: null };
    });
  });
}

/** All at work until that many answers have come; then the server dies with whatever is on its way. Tells what it held then. */
async function workUntilKilled(senders: Sender[], server: Program, answers: number): Promise<Level> {
  const died = Promise.withResolvers<Level>();
  let count = 0;
  const acknowledged = (): void => {
    if (++count !== answers) return;
    const level = levelOf(server);
    void server.end('SIGKILL').then(() => died.resolve(level));
  };
  await Promise.all(senders.map((sender) => work(sender, server.url, 'everything', acknowledged)));
  return died.promise;
}

/** Another program finds the file whole, right after the crash. */
function checkFile({ dialect, url }: TestDatabase): void {
  if (dialect !== 'sqlite') return;
  const db = new Database(url.slice('sqlite:'.length));
  expect(db.query('pragma integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
  expect(db.query('pragma foreign_key_check').all()).toEqual([]);
  db.close();
}

async function checkRows({ url }: TestDatabase, senders: Sender[], conversationIds: string[]): Promise<void> {
  const store = await openTestStore(url, { migrate: false });
  const sent = senders.flatMap((sender) => sender.messages);
  const nameOf = (row: { senderId: string; clientId: string }): string => `${row.senderId} ${row.clientId}`;
  const lost: unknown[] = [];
  for (const id of conversationIds) {
    const rows = await messageRows(store, id);
    const edits = await store.read.select({ messageId: store.tables.messageEdit.messageId }).from(store.tables.messageEdit);
    const here = new Set(rows.map((row) => row.id));
    const { lastSeq, rev } = await conversationRow(store, id);
    expect(rows.map((row) => row.seq)).toEqual(upTo(lastSeq));
    expect(rev).toBe(1 + rows.length + edits.filter((edit) => here.has(edit.messageId)).length);
    expect(new Set(rows.map((row) => row.rev)).size).toBe(rows.length);
    expect(Math.max(...rows.map((row) => row.rev))).toBeLessThanOrEqual(rev);

    const byName = new Map(rows.map((row) => [nameOf(row), row]));
    const mine = sent.filter((message) => message.conversationId === id);
    expect([rows.length, byName.size]).toEqual([mine.length, mine.length]);
    for (const message of mine) {
      const row = byName.get(nameOf({ senderId: message.sender.userId, clientId: message.clientId }));
      if (!row || row.id !== message.ack?.id || row.seq !== message.ack.seq || !mayRead(message, row.content)) lost.push({ message, row });
    }
    for (const member of await memberRows(store, id)) {
      const last = rows.findLast((row) => row.senderId === member.userId)?.seq ?? 0;
      if (member.readSeq !== last || member.deliveredSeq !== last) lost.push({ member, last });
    }
  }
  expect(lost).toEqual([]);
  await store.close();
}

/** The text that was promised last, or one that was on its way when the server died. */
function mayRead({ content, edited, editing }: Message, stored: string): boolean {
  return stored === (edited ?? content) || stored === editing;
}
