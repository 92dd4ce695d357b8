/** S8: search and lists in 1,000,000 messages of 2,000 conversations, through the real commands, for who is in all of them and who is in 20. */
import { join } from 'node:path';
import { SQL } from 'bun';
import { createApp, type App } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { commands } from '../../src/features/index.ts';
import { systemActor, type Actor } from '../../src/kernel/actor.ts';
import { dataFolder, ownDatabase, root, SECRET } from '../peer.ts';
import type { Bench, Case, Sample } from '../scenario.ts';
import { CONVERSATIONS, conversationIds, dice, everywhere, FEW, inFew, MESSAGES, orgId } from './search/corpus.ts';
import { queries } from './search/queries.ts';
import { seed } from './search/seed.ts';

const ROUNDS = 20;

export const search: Case[] = [
  {
    name: 's8',
    title: 'S8 search and lists in 1,000,000 messages',
    peers: ['SQLite', 'Postgres'],
    shown: ['search p50 ms', 'search p95 ms', 'search max ms', 'messages p50 ms', 'messages p95 ms', 'conversations p50 ms', 'conversations p95 ms'],
    aims: [],
    prepare: async (name) => benchFor(name === 'Postgres'),
  },
];

async function benchFor(onPostgres: boolean): Promise<Bench> {
  const folder = dataFolder();
  const database = onPostgres ? await ownDatabase() : { url: `sqlite:${folder.path}/chinwag.db`, drop: async () => undefined };
  const config = readConfig({ databaseUrl: database.url, dataDir: folder.path, rateLimits: false, logLevel: 'warn', authSecret: SECRET }, {});
  const app = await createApp(config, { migrations: join(root, 'drizzle'), web: null, docs: null });
  const { rowsMs, indexMs } = await seed(app.ports.store);
  if (onPostgres) await vacuum(database.url);
  const written: Sample = { 'row µs': (1000 * rowsMs) / MESSAGES, 'index entry µs': (1000 * indexMs) / MESSAGES };
  return {
    run: async (share) => ({ ...(await figures(app, Math.ceil(ROUNDS * share))), ...written }),
    async stop() {
      await app.stop();
      await database.drop();
      await folder.remove();
    },
  };
}

/** What the database does by itself within minutes: statistics, and the index's list of what is still to sort in. */
async function vacuum(url: string): Promise<void> {
  const sql = new SQL(url, { max: 1 });
  await sql.unsafe('vacuum analyze');
  await sql.close();
}

async function figures(app: App, rounds: number): Promise<Sample> {
  const of: Record<string, number[]> = { search: [], messages: [], conversations: [] };
  const sample: Sample = {};
  for (const [who, userId] of Object.entries({ 'in all': everywhere, 'in few': inFew })) {
    for (const [query, make] of Object.entries(queries)) {
      const times = await timed(app, userId, 'message.search', () => ({ ...make(), limit: 20 }), rounds);
      Object.assign(sample, spread(`${query}, ${who}`, times));
      of.search?.push(...times);
    }
    of.messages?.push(...(await timed(app, userId, 'message.list', () => ({ conversationId: anyOfTheFew(), limit: 50 }), 5 * rounds)));
    of.conversations?.push(...(await timed(app, userId, 'conversation.list', () => ({ limit: 50 }), rounds)));
  }
  for (const [name, times] of Object.entries(of)) Object.assign(sample, spread(name, times));
  return sample;
}

const anyOfTheFew = (): string => conversationIds[Math.floor(dice() * FEW) * (CONVERSATIONS / FEW)] ?? '';

async function timed(app: App, userId: string, name: string, input: () => object, rounds: number): Promise<number[]> {
  const command = commands.find((one) => one.name === name);
  if (!command) throw new Error(`there is no ${name}`);
  const actor: Actor = { ...systemActor, kind: 'user', userId, orgs: new Map([[orgId, 'member']]) };
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const asked = input();
    const startedAt = performance.now();
    await app.execute(command, { actor, requestId: 'bench', connectionId: null, token: null }, asked);
    times.push(performance.now() - startedAt);
  }
  return times;
}

function spread(name: string, times: number[]): Sample {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
  return { [`${name} p50 ms`]: at(0.5), [`${name} p95 ms`]: at(0.95), [`${name} max ms`]: at(1) };
}
