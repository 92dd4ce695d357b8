import { afterEach, describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { createClient, type Client, type State } from '../../src/client/index.ts';
import { startPostgres, type PostgresCluster } from '../support/postgres-cluster.ts';
import { emptyFolder, runProgram, signUp, startProgram, type Caller, type Program } from '../support/program.ts';

type Installation = { env: Record<string, string>; dataDir: string; backup(file: string): Promise<void>; restore(file: string): Promise<void> };

let clusters: PostgresCluster[] = [];
let clients: Client[] = [];
let program: Program | null = null;
afterEach(async () => {
  for (const client of clients) client.stop();
  await program?.clear();
  await Promise.all(clusters.map((cluster) => cluster.drop()));
  [clients, clusters, program] = [[], [], null];
});

async function onSqlite(): Promise<Installation> {
  const dataDir = emptyFolder();
  const admin = async (...args: string[]): Promise<void> => {
    expect(await runProgram(['admin', ...args], { DATA_DIR: dataDir })).toMatchObject({ code: 0, err: '' });
  };
  return { env: {}, dataDir, backup: (file) => admin('backup', file), restore: (file) => admin('restore', file) };
}

/** By the very lines that the program prints to those who ask it. */
async function onPostgres(): Promise<Installation> {
  const cluster = await startPostgres();
  clusters.push(cluster);
  const env = { DATABASE_URL: cluster.url, AUTH_SECRET: 'the-same-secret-before-and-afterwards' };
  const asPrinted = async (...args: string[]): Promise<void> => {
    const { code, err } = await runProgram(['admin', ...args], env);
    expect(code).toBe(2);
    const lines = err.split('\n').filter((line) => line.startsWith('  '));
    expect(lines).not.toBeEmpty();
    const shell = Bun.spawn(['bash', '-euo', 'pipefail', '-c', lines.join('\n')], {
      env: { PATH: `${cluster.bin}:${process.env.PATH}`, DATABASE_URL: cluster.url },
      stdout: 'ignore',
      stderr: 'pipe',
    });
    const [ended, complaint] = await Promise.all([shell.exited, new Response(shell.stderr).text()]);
    expect([ended, complaint]).toEqual([0, '']);
  };
  return { env, dataDir: emptyFolder(), backup: (file) => asPrinted('backup', file), restore: (file) => asPrinted('restore', file) };
}

async function clientOf({ token }: Caller, url: string, conversationId: string): Promise<Client> {
  const client = createClient({ url, token });
  clients.push(client);
  await client.start();
  await reaches(client, (state) => state.synced && state.conversations.has(conversationId));
  await client.openConversation(conversationId);
  return client;
}

function reaches(client: Client, is: (state: State) => boolean): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const look = (): void => void (is(client.get()) && resolve());
  const stop = client.subscribe(look);
  look();
  return promise.finally(stop);
}

const textsOf = (state: State, conversationId: string): string[] =>
  (state.timelines.get(conversationId)?.messages ?? []).filter(({ type }) => type === 'text').map(({ content }) => content);

/** What is the same for all who look, whenever their delivered marks arrive. */
function contentOf({ epoch, conversations, held, timelines }: State) {
  return {
    epoch,
    held,
    conversations: [...conversations.values()].map(({ id, rev, lastSeq, memberCount, lastMessage }) => [
      id,
      rev,
      lastSeq,
      memberCount,
      lastMessage?.id,
    ]),
    messages: [...timelines].map(([id, { messages }]) => [id, messages.map((message) => ({ ...message, status: null }))]),
  };
}

describe('A client that was connected before the restore of a backup', () => {
  for (const [name, install] of Object.entries({ SQLite: onSqlite, Postgres: onPostgres })) {
    test(`starts afresh by itself, on ${name}`, async () => {
      const { env, dataDir, backup, restore } = await install();
      program = await startProgram({ env, dataDir });
      const { url, port } = program;
      const [ada, ben] = await Promise.all([signUp(url, 'Ada'), signUp(url, 'Ben')]);
      const made = await ada.call('POST', '/conversations', { kind: 'group', title: 'Notes', memberIds: [ben.id] });
      const { id } = (await made.json()) as { id: string };
      const say = async (content: string): Promise<number> => (await ada.call('POST', `/conversations/${id}/messages`, { content })).status;
      expect(await say('before')).toBe(201);
      const file = join(emptyFolder(), 'chat.backup');
      await backup(file);
      expect([await say('lost'), await say('lost, too')]).toEqual([201, 201]);
      const client = await clientOf(ben, url, id);
      await reaches(client, (state) => textsOf(state, id).length === 3);
      const { epoch } = client.get();

      await program.end();
      await restore(file);
      program = await startProgram({ env, dataDir, port });
      // The numbers of what was lost are given out anew: without the epoch the client would take this for what it has.
      expect([await say('after'), await say('after, too')]).toEqual([201, 201]);

      await reaches(client, (state) => state.synced && state.epoch !== epoch && state.conversations.get(id)?.lastSeq === 3);
      await client.openConversation(id);
      await reaches(client, (state) => textsOf(state, id).length === 3);
      expect(textsOf(client.get(), id)).toEqual(['before', 'after', 'after, too']);
      const fresh = await clientOf(ben, url, id);
      expect(contentOf(client.get())).toEqual(contentOf(fresh.get()));
    });
  }
});
