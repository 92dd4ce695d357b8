/** The usual stack, bench/peers/usual: packages of its own, installed on demand, so that the product carries none of them. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SQL } from 'bun';
import { restartable, root, SECRET, startServer, tokenOf, type Database, type Filled, type Peer } from './peer.ts';

const folder = join(root, 'bench/peers/usual');

export async function startUsual(makeDatabase: () => Promise<Database>): Promise<Peer> {
  install();
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

function install(): void {
  if (!Bun.which('node') || !Bun.which('npm')) throw new Error('The usual stack runs on Node 20: install node and npm.');
  if (existsSync(join(folder, 'node_modules/.package-lock.json'))) return;
  const { exitCode, stderr } = Bun.spawnSync(['npm', 'ci', '--omit=dev', '--no-audit', '--no-fund'], { cwd: folder });
  if (exitCode !== 0) throw new Error(`npm ci failed in ${folder}:\n${stderr.toString()}`);
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
