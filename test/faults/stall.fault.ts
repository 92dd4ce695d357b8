import { afterEach, describe, expect } from 'bun:test';
import { createDatabase, postgresUrl, type Dialect, type TestDatabase } from '../support/database.ts';
import { startProgram, type Program } from '../support/program.ts';
import { connect } from '../support/socket.ts';
import { fault, levelOf, ONE_INSTALLATION } from './fault.ts';
import { createLoad, until, type Load } from './load.ts';
import { startMentions } from './mentions.ts';

const STALLS = 3;
const STALL_MS = 2_500;
const DEADLINE_MS = 1_500;
/** Shorter than a stall: jobs that were taken before it are anybody's after it. */
const LEASE_MS = 1_000;
const PROCESSES: Record<Dialect, number> = { sqlite: 1, postgres: 2 };
const dialects: Dialect[] = postgresUrl ? ['sqlite', 'postgres'] : ['sqlite'];

let database: TestDatabase | null = null;
let programs: Program[] = [];
afterEach(async () => {
  await Promise.all(programs.map((program) => program.clear()));
  await database?.drop();
  programs = [];
  database = null;
});

async function start(): Promise<Program> {
  const program = await startProgram({
    env: {
      ...ONE_INSTALLATION,
      DATABASE_URL: database?.url ?? '',
      REQUEST_TIMEOUT_MS: String(DEADLINE_MS),
      OUTBOX_LEASE_MS: String(LEASE_MS),
      OUTBOX_POLL_MS: '200',
      MESSAGE_SETTLE_MS: '0',
      NOTIFICATIONS_MAX: '100000',
    },
  });
  programs.push(program);
  return program;
}

/** The process stands still, as when something holds its event loop. */
async function stall({ pid }: Program): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  const backAt = performance.now() + STALL_MS;
  // The stall is what is tried here: it has to last longer than a deadline and a lease.
  await until(() => performance.now() > backAt);
  process.kill(pid, 'SIGCONT');
}

async function expectInOrder(load: Load, events: { type: string; data: any }[]): Promise<void> {
  const heard = events.filter(({ type }) => type === 'message.created').map(({ data }) => data.seq);
  expect(heard).toEqual(Array.from(heard, (_, i) => i + 1));
  expect(heard.length).toBeGreaterThanOrEqual(load.acknowledged.length);
}

for (const dialect of dialects) {
  describe(`A process on ${dialect} that stands still ${STALLS} times for ${STALL_MS} ms`, () => {
    fault('answers everybody in time or late by that much, keeps its sockets, and does no job twice', async () => {
      database = await createDatabase(dialect);
      const places = await Promise.all(Array.from({ length: PROCESSES[dialect] }, start));
      const [here] = places;
      if (!here) throw new Error('there is no process');
      const load = await createLoad(here.url, 4);
      const ears = await connect(`${here.url.replace('http', 'ws')}/api/chat/ws`, { authorization: `Bearer ${load.members[0]?.token}` });
      let over = false;
      const sending = load.runAt(here.url, () => over);
      const mentions = await startMentions(here.url, () => over);
      await load.reached(100);
      const before = levelOf(here);

      for (let n = 0; n < STALLS; n++) {
        await stall(here);
        await load.reached(load.acknowledged.length + 50);
      }
      over = true;
      await sending;
      await mentions.expectNotified();
      await ears.everything();
      await expectInOrder(load, ears.events);
      await ears.close();
      return { programs: places, before, load, deadlineMs: DEADLINE_MS + STALL_MS };
    });
  });
}
