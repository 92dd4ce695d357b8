/**
 * S8: how long a search takes in 1,000,000 messages of 2,000 conversations, through the real command, for a person who is in all of them
 * and for one who is in 20. `BENCH_SEARCH_MESSAGES` makes it smaller, `BENCH_SEARCH_KEEP` names a folder to seed once and search again,
 * `BENCH_SEARCH_ONLY=postgres` leaves SQLite out.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SQL } from 'bun';
import { createApp, type App } from '../src/app.ts';
import { readConfig } from '../src/config.ts';
import type { Store } from '../src/db/store.ts';
import { commands } from '../src/features/index.ts';
import { systemActor, type Actor } from '../src/kernel/actor.ts';
import { idAt } from '../src/lib/id.ts';
import { indexed } from '../src/lib/search-query.ts';

const MESSAGES = Number(process.env.BENCH_SEARCH_MESSAGES ?? 1_000_000);
const CONVERSATIONS = 2_000;
const FEW = 20;
const SENDERS = 200;
const WORDS = 50_000;
const ROWS = 500;
const ROUNDS = 20;
const DAY_MS = 86_400_000;
const END = Date.UTC(2026, 0, 1);
const STEP_MS = (730 * DAY_MS) / MESSAGES;

/** The same numbers in every run. */
function random(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
const dice = random(7);
const SYLLABLES =
  'ba be bi bo da de di do fa fe ga go ha he ka ke ki la le li lo ma me mi mo na ne ni no pa pe ra re ri ro sa se so ta te to va ve'.split(' ');
const vocabulary = [
  ...new Set(
    Array.from({ length: WORDS * 2 }, () =>
      Array.from({ length: 1 + Math.ceil(dice() * 3) }, () => SYLLABLES[Math.floor(dice() * SYLLABLES.length)]).join(''),
    ),
  ),
].slice(0, WORDS);
/** Zipf: the word of rank n is 1/n as frequent as the first. */
const word = (): string => vocabulary[Math.floor(vocabulary.length ** dice()) - 1] ?? 'ba';
const text = (): string => Array.from({ length: 3 + Math.floor(dice() * 18) }, word).join(' ');

const hex = (length: number): string => Array.from({ length }, () => Math.floor(dice() * 16).toString(16)).join('');
const idThen = (ms: number): string => `${idAt(ms).slice(0, 15)}${hex(3)}-8${hex(3)}-${hex(12)}`;
const conversationIds = Array.from({ length: CONVERSATIONS }, (_, i) => idThen(END - 800 * DAY_MS + i));
const orgId = idThen(END - 801 * DAY_MS);
const senders = Array.from({ length: SENDERS }, (_, i) => idThen(END - 801 * DAY_MS + i));
const [everywhere = '', inFew = ''] = senders;

async function seed(store: Store): Promise<{ rowsMs: number; indexMs: number }> {
  const { conversation, conversationMember, message, user, member, organization } = store.tables;
  const put = async <Row>(rows: Row[], write: (some: Row[]) => Promise<unknown>): Promise<void> => {
    for (let i = 0; i < rows.length; i += ROWS) await write(rows.slice(i, i + ROWS));
  };
  const now = new Date(END);
  await store.tx(async (db) => {
    await db.insert(organization).values({ id: orgId, name: 'Bench', slug: 'bench', createdAt: now });
    await put(senders, (ids) =>
      db.insert(user).values(ids.map((id) => ({ id, name: id, email: `${id}@example.com`, createdAt: now, updatedAt: now }))),
    );
    await put(senders, (ids) =>
      db.insert(member).values(ids.map((userId) => ({ id: userId, organizationId: orgId, userId, role: 'member', createdAt: now }))),
    );
    await put(conversationIds, (ids) =>
      db.insert(conversation).values(
        ids.map((id) => ({
          id,
          orgId,
          kind: 'group' as const,
          title: id,
          createdBy: everywhere,
          lastSeq: MESSAGES,
          rev: MESSAGES,
          memberCount: 7,
          createdAt: END,
          updatedAt: END,
        })),
      ),
    );
    const members = conversationIds.flatMap((conversationId, i) =>
      [everywhere, ...(i % (CONVERSATIONS / FEW) === 0 ? [inFew] : []), ...senders.slice(2 + (i % 190), 7 + (i % 190))].map((userId) => ({
        conversationId,
        userId,
        orgId,
        role: 'member' as const,
        joinedAt: 1,
      })),
    );
    await put(members, (rows) => db.insert(conversationMember).values(rows));
  });
  const seqs = new Map<string, number>();
  let [rowsMs, indexMs] = [0, 0];
  for (let i = 0; i < MESSAGES; i += ROWS) {
    const rows = Array.from({ length: Math.min(ROWS, MESSAGES - i) }, (_, n) => {
      const createdAt = Math.floor(END - (MESSAGES - i - n) * STEP_MS);
      const which = Math.floor(dice() ** 2 * CONVERSATIONS);
      const conversationId = conversationIds[which] ?? '';
      const seq = (seqs.get(conversationId) ?? 0) + 1;
      seqs.set(conversationId, seq);
      const id = idThen(createdAt);
      const senderId = senders[2 + ((which % 190) + Math.floor(dice() * 5))] ?? '';
      return { id, conversationId, orgId, seq, rev: seq, senderId, clientId: id, type: 'text' as const, content: text(), createdAt };
    });
    const started = performance.now();
    await store.tx(async (db) => void (await db.insert(message).values(rows)));
    const written = performance.now();
    await store.tx((db) =>
      store.search.put(
        db,
        rows.map((row) => ({ ...row, words: indexed(row.content) })),
      ),
    );
    rowsMs += written - started;
    indexMs += performance.now() - written;
    if (i % 100_000 === 0) process.stderr.write(`${i} `);
  }
  return { rowsMs, indexMs };
}

const rank = (n: number): string => vocabulary[n] ?? '';
/** As in languages, where the most frequent words are short; long ones are measured for themselves. */
const frequent = vocabulary.slice(0, 60).filter((one) => one.length <= 5);
const frequentLong = vocabulary.slice(0, 60).filter((one) => one.length > 5);
const any = (words: string[]): string => words[Math.floor(dice() * words.length)] ?? '';
const queries: Record<string, () => Record<string, unknown>> = {
  'rare word': () => ({ q: rank(20_000 + Math.floor(dice() * 20_000)) }),
  'usual word': () => ({ q: rank(500 + Math.floor(dice() * 2_000)) }),
  'common word': () => ({ q: any(frequent) }),
  'common long word': () => ({ q: any(frequentLong) }),
  'two common words': () => ({ q: `${any(frequent)} ${any(frequent)}` }),
  'common and rare word': () => ({ q: `${any(frequent)} ${rank(20_000 + Math.floor(dice() * 20_000))}` }),
  'beginning, 2 letters': () => ({ q: rank(Math.floor(dice() * 1_000)).slice(0, 2) }),
  'beginning, 4 letters': () => ({ q: rank(200 + Math.floor(dice() * 5_000)).slice(0, 4) }),
  phrase: () => ({ q: `"${rank(Math.floor(dice() * 5))} ${rank(Math.floor(dice() * 5))}"` }),
  'in a conversation': () => ({ q: rank(Math.floor(dice() * 200)), in: conversationIds[Math.floor(dice() * FEW) * (CONVERSATIONS / FEW)] }),
  'from a person': () => ({ q: rank(Math.floor(dice() * 200)), from: senders[2 + Math.floor(dice() * 190)] }),
  'a month long ago': () => ({ q: rank(Math.floor(dice() * 200)), after: END - 600 * DAY_MS, before: END - 570 * DAY_MS }),
};

type Figures = { query: string; who: string; medianMs: number; p95Ms: number; maxMs: number; found: number };

async function searches(app: App): Promise<Figures[]> {
  const command = commands.find(({ name }) => name === 'message.search');
  if (!command) throw new Error('there is no message.search');
  const figures: Figures[] = [];
  const everyone: number[] = [];
  for (const [who, userId] of [
    ['in 2,000', everywhere],
    [`in ${FEW}`, inFew],
  ] as const) {
    const actor: Actor = { ...systemActor, kind: 'user', userId, orgs: new Map([[orgId, 'member']]) };
    for (const [query, make] of Object.entries(queries)) {
      const times: number[] = [];
      let found = 0;
      for (let round = 0; round < ROUNDS; round++) {
        const input = { ...make(), limit: 20 };
        const started = performance.now();
        const { data } = await app.execute(command, { actor, requestId: 'bench', connectionId: null, token: null }, input);
        times.push(performance.now() - started);
        found += (data as { items: unknown[] }).items.length;
      }
      everyone.push(...times);
      figures.push({ query, who, ...spread(times), found: found / ROUNDS });
    }
  }
  return [...figures, { query: 'all of these', who: 'both', ...spread(everyone), found: 0 }];
}

function spread(times: number[]) {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number => Math.round((sorted[Math.floor((sorted.length - 1) * share)] ?? 0) * 100) / 100;
  return { medianMs: at(0.5), p95Ms: at(0.95), maxMs: at(1) };
}

async function measure(name: string, databaseUrl: string, dataDir: string) {
  const config = readConfig({ databaseUrl, dataDir, rateLimits: false, logLevel: 'warn', authSecret: 'bench-secret-of-at-least-32-characters' }, {});
  const app = await createApp(config, { migrations: join(import.meta.dir, '../drizzle'), web: null, docs: null });
  const { store } = app.ports;
  const seeded = (await store.read.$count(store.tables.message)) > 0 ? null : await seed(store);
  if (seeded && databaseUrl.startsWith('postgres')) await vacuum(databaseUrl);
  const figures = await searches(app);
  await app.stop();
  for (const { query, who, medianMs, p95Ms, maxMs, found } of figures)
    console.log(
      `${name.padEnd(9)} ${who.padEnd(9)} ${query.padEnd(21)} median ${medianMs.toFixed(1)} ms, p95 ${p95Ms.toFixed(1)}, max ${maxMs.toFixed(1)}, ${found.toFixed(1)} found`,
    );
  const perMessage = seeded && { rowsMicroseconds: (1000 * seeded.rowsMs) / MESSAGES, indexMicroseconds: (1000 * seeded.indexMs) / MESSAGES };
  if (perMessage)
    console.log(
      `${name.padEnd(9)} a message's row took ${perMessage.rowsMicroseconds.toFixed(1)} µs, its index entry ${perMessage.indexMicroseconds.toFixed(1)} µs`,
    );
  return { name, messages: MESSAGES, perMessage, figures };
}

/** What the database does by itself within minutes: statistics, and the index's list of what is still to sort in. */
async function vacuum(url: string): Promise<void> {
  const sql = new SQL(url, { max: 1 });
  await sql.unsafe('vacuum analyze');
  await sql.close();
}

export async function benchSearch() {
  const keep = process.env.BENCH_SEARCH_KEEP;
  const folder = keep ?? mkdtempSync(join(tmpdir(), 'chinwag-bench-'));
  if (!existsSync(folder)) mkdirSync(folder, { recursive: true });
  const results: (Awaited<ReturnType<typeof measure>> & { bytes?: number })[] = [];
  const only = process.env.BENCH_SEARCH_ONLY;
  try {
    const file = join(folder, 'search.db');
    if (only !== 'postgres') results.push({ ...(await measure('SQLite', `sqlite:${file}`, folder)), bytes: statSync(file).size });
    const postgres = process.env.BENCH_POSTGRES_URL;
    if (postgres) results.push(await measure('Postgres', postgres, folder));
  } finally {
    if (!keep) rmSync(folder, { recursive: true, force: true });
  }
  return results;
}

if (import.meta.main) await benchSearch();
