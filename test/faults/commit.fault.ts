import { afterEach, describe, expect } from 'bun:test';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { JWT_SECRET, tokenOf } from '../support/host-app.ts';
import { startProgram, type Program } from '../support/program.ts';
import { startWire, type Wire } from '../support/wire.ts';
import { createRandom } from './crowd.ts';
import { fault, levelOf } from './fault.ts';
import { createLoad } from './load.ts';

const PEERS = 40;
const CUTS_AT_LEAST = 10;
const CUT_OF_ALL = 0.25;
const DEADLINE_MS = 4_000;
const seed = Number(process.env.FAULT_SEED ?? Math.floor(Math.random() * 2 ** 31));

let database: TestDatabase | null = null;
let wire: Wire | null = null;
let program: Program | null = null;
afterEach(async () => {
  await program?.clear();
  await wire?.close();
  await database?.drop();
  database = wire = program = null;
});

/** Says it again until it is known to be done, as clients do where the outcome is unknown. */
async function insist(url: string, token: string, method: string, path: string, body?: object): Promise<any> {
  for (;;) {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const response = await fetch(`${url}/api/chat${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    if (response.ok) return response.status === 204 ? null : response.json();
    const { error } = (await response.json()) as { error: { code: string } };
    expect(['unavailable', 'timeout']).toContain(error.code);
  }
}

/** Somebody new is seen for the first time, is written to, and what was written is changed, reacted to and pinned. */
async function meet(url: string, ann: string, n: number): Promise<{ id: string; rev: number }> {
  const peer = await insist(url, await tokenOf(`Peer-${n}`), 'GET', '/me');
  const { id } = await insist(url, ann, 'POST', '/conversations', { userId: peer.id });
  const message = await insist(url, ann, 'POST', `/conversations/${id}/messages`, { clientId: `c${n}`, content: 'first' });
  await insist(url, ann, 'PATCH', `/messages/${message.id}`, { content: 'second' });
  await insist(url, ann, 'PUT', `/messages/${message.id}/reactions/👍`);
  await insist(url, ann, 'PUT', `/messages/${message.id}/pin`);
  const { items } = await insist(url, ann, 'GET', `/conversations/${id}/messages`);
  expect(items).toMatchObject([{ id: message.id, seq: 1, content: 'second', reactions: [{ emoji: '👍', userIds: [expect.any(String)] }] }]);
  const edits = await insist(url, ann, 'GET', `/messages/${message.id}/edits`);
  expect(edits.items).toHaveLength(1);
  return { id, rev: (await insist(url, ann, 'GET', `/conversations/${id}`)).rev };
}

type Loss = (line: Wire, random: () => number) => void;

const isAppend = (statement: string): boolean => statement.includes('with input as materialized');
const sometimes = (random: () => number) => (): boolean => random() < CUT_OF_ALL;

/** A send is one statement and its own transaction, so what is lost before its COMMIT is lost with it. */
const LOSSES: Record<string, Loss> = {
  // The tag of the answer says that a transaction was committed.
  'at the answer of COMMIT': (line, random) => line.cutAnswers({ asked: null, answered: Buffer.from('COMMIT\0'), cut: sometimes(random) }),
  'before Postgres hears COMMIT': (line, random) =>
    line.cutQuestions({ asks: (statement) => statement === 'commit' || isAppend(statement), half: () => false, cut: sometimes(random) }),
  'between the statements of a transaction, or amid one': (line, random) =>
    line.cutQuestions({
      asks: (statement, open) => (open && statement !== 'commit') || isAppend(statement),
      half: () => random() < 0.5,
      // There are several in each transaction.
      cut: () => random() < CUT_OF_ALL / 3,
    }),
};

describe(`A connection that is lost (FAULT_SEED=${seed})`, () => {
  for (const [when, lose] of Object.entries(LOSSES)) {
    fault(`${when}: whoever repeats gets one person, one conversation, one message, one of each effect`, async () => {
      const random = createRandom(seed);
      database = await createDatabase('postgres');
      const line = (wire = await startWire(database.url));
      const env = {
        DATABASE_URL: line.url,
        AUTH_SECRET: JWT_SECRET,
        JWT_SECRET,
        RATE_LIMITS: 'off',
        LOG_LEVEL: 'silent',
        REQUEST_TIMEOUT_MS: String(DEADLINE_MS),
      };
      const running = (program = await startProgram({ env }));
      const load = await createLoad(running.url, 2);
      const ann = await tokenOf('Ann');
      const undisturbed = await meet(running.url, ann, 0);
      const before = levelOf(running);

      lose(line, random);
      let met: { id: string; rev: number }[] = [];
      const meeting = async (): Promise<void> => {
        for (let n = 1; n <= PEERS; n += 4)
          met = [...met, ...(await Promise.all([n, n + 1, n + 2, n + 3].map((one) => meet(running.url, ann, one))))];
      };
      let over = false;
      await Promise.all([meeting().finally(() => (over = true)), load.runAt(running.url, () => over)]);
      line.cutAnswers(null);
      line.cutQuestions(null);
      expect(line.cuts).toBeGreaterThanOrEqual(CUTS_AT_LEAST);

      expect(met.map(({ rev }) => rev)).toEqual(met.map(() => undisturbed.rev));
      const { items } = await insist(running.url, ann, 'GET', '/conversations?limit=200');
      expect(items.map((item: { id: string }) => item.id).sort()).toEqual([undisturbed, ...met].map(({ id }) => id).sort());
      return { programs: [running], before, load, deadlineMs: DEADLINE_MS };
    });
  }
});
