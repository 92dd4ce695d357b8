/** The servers that are measured side by side. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SQL } from 'bun';
import {
  dataFolder,
  each,
  ownDatabase,
  restartable,
  root,
  SECRET,
  startServer,
  tokenOf,
  type Database,
  type Filled,
  type Peer,
  type PeerName,
  type Running,
} from './peer.ts';
import { startUsual } from './usual.ts';

export type Settings = Record<string, string>;

/** Chinwag with its default settings and these; where it needs a database, it gets the one that `database` makes. */
export function startPeer(name: PeerName, settings: Settings = {}, database: () => Promise<Database> = ownDatabase): Promise<Peer> {
  switch (name) {
    case 'SQLite':
      return startChinwag(name, settings, null);
    case 'Postgres':
      return startChinwag(name, settings, database);
    case 'limit':
      return startLimit();
    case 'usual':
      return startUsual(database);
    case 'Hono':
      return startHono();
  }
}

async function startChinwag(name: PeerName, settings: Settings, makeDatabase: (() => Promise<Database>) | null): Promise<Peer> {
  const folder = dataFolder();
  const database = await makeDatabase?.();
  const start = () => serve({ DATA_DIR: folder.path, ...(database && { DATABASE_URL: database.url }), ...settings });
  const server = await restartable(start, async () => {
    await database?.drop();
    await folder.remove();
  });
  return {
    ...server,
    name,
    adapter: 'chinwag',
    keepsOrder: true,
    collects: false,
    messages: '/api/chat/conversations/{}/messages',
    async fill(people, conversations) {
      const filled = await fillChinwag(server.port, people, conversations);
      if (database) await analyze(database);
      return filled;
    },
  };
}

/** What Postgres does by itself within a minute: until then it plans for empty tables. */
async function analyze({ url }: Database): Promise<void> {
  const sql = new SQL(url, { max: 1 });
  await sql.unsafe('analyze');
  await sql.close();
}

/** One process of the program, with its default settings and these. */
export function serve(settings: Settings): Promise<Running> {
  const binary = process.env.CHINWAG_BIN ?? join(root, 'dist/chinwag');
  if (!existsSync(binary)) throw new Error('There is no dist/chinwag; make it with: bun run build');
  const env = { RATE_LIMITS: 'off', LOG_LEVEL: 'warn', JWT_SECRET: SECRET, AUTH_SECRET: SECRET };
  return startServer([binary, 'serve'], { ...env, ...settings }, '/readyz');
}

/** Through the API: everybody is seen once with a token, the first of each conversation makes it and adds the others. */
export async function fillChinwag(port: number, people: number, conversations: number[][]): Promise<Filled> {
  const run = crypto.randomUUID().slice(0, 8);
  const nameOf = (person: number): string => `${run}-${person}`;
  const tokens = await Promise.all(Array.from({ length: people }, (_, person) => tokenOf(nameOf(person))));
  const call = async (person: number, path: string, body?: object): Promise<{ id: string }> => {
    const response = await fetch(`http://127.0.0.1:${port}/api/chat${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { authorization: `Bearer ${tokens[person]}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as { id: string };
  };
  await each(tokens, 32, async (_, person) => void (await call(person, '/me')));
  const ids: string[] = [];
  await each(conversations, 16, async ([owner = 0, ...others], index) => {
    const { id } = await call(owner, '/conversations', { title: `Room ${index}` });
    for (let i = 0; i < others.length; i += 200) {
      const userIds = others.slice(i, i + 200).map((person) => `ext:${nameOf(person)}`);
      await call(owner, `/conversations/${id}/members`, { userIds });
    }
    ids[index] = id;
  });
  return { tokens, conversations: ids };
}

async function startLimit(): Promise<Peer> {
  const server = await restartable(() => startServer(['bun', 'bench/peers/limit.ts'], {}, '/healthz'));
  return {
    ...server,
    name: 'limit',
    adapter: 'limit',
    keepsOrder: true,
    collects: true,
    messages: '',
    fill: async (people, conversations) => ({ tokens: Array<null>(people).fill(null), conversations: conversations.map((_, i) => `room-${i}`) }),
  };
}

async function startHono(): Promise<Peer> {
  const server = await restartable(() => startServer(['bun', 'bench/peers/hono.ts'], {}, '/healthz'));
  return {
    ...server,
    name: 'Hono',
    adapter: 'limit',
    keepsOrder: true,
    collects: false,
    messages: '/conversations/{}/messages',
    fill: async (people, conversations) => ({
      tokens: Array<string>(people).fill('nobody'),
      conversations: conversations.map((_, i) => `room-${i}`),
    }),
  };
}
