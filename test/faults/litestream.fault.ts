import { Database } from 'bun:sqlite';
import { afterEach, describe, expect, test } from 'bun:test';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createLitestream, type Litestream } from '../support/litestream.ts';
import { emptyFolder, runProgram, startProgram, type Program } from '../support/program.ts';
import { createLoad, until, type Load } from './load.ts';

const PEOPLE = 8;
/** Several segments of the log, which Litestream copies every second. */
const MESSAGES = 1_500;

let program: Program | null = null;
let litestream: Litestream | null = null;
afterEach(async () => {
  await litestream?.kill();
  await program?.clear();
  litestream = program = null;
});

const start = (dataDir: string): Promise<Program> =>
  startProgram({
    dataDir,
    env: { FILE_CHECKPOINT_PAGES: '0', AUTH_SECRET: 'the-same-secret-before-and-afterwards', RATE_LIMITS: 'off', LOG_LEVEL: 'error' },
  });

async function epochOf({ url }: Program, load: Load): Promise<string> {
  const [first] = load.members;
  if (!first) throw new Error('nobody is there');
  return ((await (await first.at(url).call('POST', '/sync', { conversations: {} })).json()) as { epoch: string }).epoch;
}

/** What a copy made now would have. */
async function copied(from: Litestream): Promise<Set<string>> {
  const file = join(emptyFolder(), 'copy.db');
  if (!(await from.restore(file))) return new Set();
  const db = new Database(file);
  expect(db.query('pragma integrity_check').get()).toEqual({ integrity_check: 'ok' });
  // Copied before the first segment of the log, the file has nothing in it.
  if (!db.query("select 1 from sqlite_master where name = 'message'").get()) return new Set();
  const rows = db.query('select client_id from message where client_id is not null').all() as { client_id: string }[];
  db.close();
  return new Set(rows.map((row) => row.client_id));
}

/** Waits until a copy made now has all that is acknowledged now, and answers that. */
async function copiedSoFar(from: Litestream, load: Load): Promise<Load['acknowledged']> {
  const known = [...load.acknowledged];
  await until(async () => {
    const there = await copied(from);
    return known.every(({ clientId }) => there.has(clientId));
  });
  return known;
}

describe('A machine that is lost while Litestream copies its database', () => {
  test('is followed by one that has all but the last moment, without a hole, under a new epoch, and is copied on', async () => {
    const [dataDir, copy] = [emptyFolder(), emptyFolder()];
    const file = join(dataDir, 'chinwag.db');
    program = await start(dataDir);
    const from = (litestream = createLitestream(file, copy));
    from.replicate();
    const load = await createLoad(program.url, PEOPLE);
    const epoch = await epochOf(program, load);
    const sending = load.runAt(program.url, () => false);
    await load.reached(MESSAGES);
    const safe = await copiedSoFar(from, load);
    await load.reached(load.acknowledged.length + 200);
    await Promise.all([program.end('SIGKILL'), from.kill()]);
    await sending;
    rmSync(dataDir, { recursive: true });

    const found = join(emptyFolder(), 'chat.db');
    expect(await from.restore(found)).toBe(true);
    expect(await runProgram(['admin', 'restore', found], { DATA_DIR: dataDir })).toMatchObject({ code: 0, err: '' });
    program = await start(dataDir);
    const { url } = program;
    from.replicate();
    expect(await epochOf(program, load)).not.toBe(epoch);
    const kept = await load.history(url);
    expectWhole(kept);
    const said = new Map(load.attempted.map(({ clientId, content }) => [clientId, content]));
    for (const { clientId, content } of kept) expect(said.get(clientId ?? '')).toBe(content);
    for (const { id, seq, content } of safe) expect(kept[seq - 1]).toMatchObject({ id, seq, content });

    // What was lost is sent again by whoever still has it.
    await load.repeatAll(url);
    const all = await load.history(url);
    expectWhole(all);
    expect(all.slice(0, kept.length).map(({ id }) => id)).toEqual(kept.map(({ id }) => id));
    expect(all.map(({ clientId }) => clientId).sort()).toEqual([...said.keys()].sort());
    await copiedSoFar(from, load);
  });
});

const expectWhole = (messages: { seq: number }[]): void => expect(messages.map(({ seq }) => seq)).toEqual(Array.from(messages, (_, i) => i + 1));
