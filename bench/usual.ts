/** The usual stack, bench/peers/usual: packages of its own. */
import { join } from 'node:path';
import { SQL } from 'bun';
import { install } from './install.ts';
import { restartable, root, SECRET, startServer, tokenOf, type Database, type Filled, type Peer } from './peer.ts';

const folder = join(root, 'bench/peers/usual');

export async function startUsual(makeDatabase: () => Promise<Database>): Promise<Peer> {
  install(folder, 'The usual stack');
  const database = await makeDatabase();
  const env = { DATABASE_URL: database.url, JWT_SECRET: SECRET, NODE_ENV: 'production' };
  const server = await restartable(
    () => startServer(['node', '--expose-gc', join(folder, 'server.js')], env, '/healthz'),
    () => database.drop(),
  );
  return {
    ...server,
    name: 'usual',
    adapter: 'socketio',
    // Its handlers run side by side: of one person's sends under way at once, a later one may be stored first.
    keepsOrder: false,
    collects: true,
    messages: '/conversations/{}/messages',
    fill: (people, conversations) => fill(database.url, people, conversations),
  };
}

async function fill(url: string, people: number, conversations: number[][]): Promise<Filled> {
  const sql = new SQL(url, { max: 1 });
  const ids = Array.from({ length: people }, () => crypto.randomUUID());
  const rooms = conversations.map(() => crypto.randomUUID());
  const now = new Date();
  const stamps = { createdAt: now, updatedAt: now };
  const put = async (table: string, rows: object[]): Promise<void> => {
    for (let i = 0; i < rows.length; i += 5_000) await sql`insert into ${sql(table)} ${sql(rows.slice(i, i + 5_000))}`;
  };
  await put(
    'users',
    ids.map((id, i) => ({ id, name: `person ${i}`, ...stamps })),
  );
  await put(
    'conversations',
    rooms.map((id, i) => ({ id, title: `Room ${i}`, ...stamps })),
  );
  await put(
    'members',
    conversations.flatMap((members, i) => members.map((person) => ({ conversationId: rooms[i], userId: ids[person], ...stamps }))),
  );
  await sql.unsafe('analyze');
  await sql.close();
  return { tokens: await Promise.all(ids.map(tokenOf)), conversations: rooms };
}
