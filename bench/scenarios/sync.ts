/** S6: somebody of 200 conversations comes back who was away for 10,000 messages. */
import { load } from '../load.ts';
import { each, ownDatabase, type Filled, type Peer, type PeerName } from '../peer.ts';
import { startPeer } from '../peers.ts';
import { countQueries, type Counted } from '../query-counter.ts';
import { range, scaled, type Bench, type Case, type Sample } from '../scenario.ts';

const CONVERSATIONS = scaled(200, 2);
const MESSAGES_EACH = 50;
/** As many as a browser has under way to one address. */
const REQUESTS_AT_ONCE = 6;

type Came = { roundTrips: number; messages: number; bytes: number };
/** What a client holds, and how it catches up. */
type Away = { comeBack(): Promise<Came> };

export const sync: Case[] = [
  {
    name: 's6',
    title: 'S6 back after 10,000 messages in 200 conversations',
    peers: ['SQLite', 'Postgres', 'usual'],
    shown: ['ms', 'round trips', 'kB'],
    aims: (['SQLite', 'Postgres'] as const).flatMap((of) => [
      { figure: 'ms', of, atMost: 150 },
      { figure: 'round trips', of, atMost: 1 },
    ]),
    prepare: async (name) => benchFor(await startPeer(name)),
  },
  {
    name: 's6-queries',
    title: 'S6 the same, statements at the database',
    peers: ['Postgres', 'usual'],
    shown: ['statements'],
    aims: [{ figure: 'statements', of: 'Postgres', atMost: 3 }],
    async prepare(name: PeerName) {
      const counted = await countQueries(await ownDatabase());
      return benchFor(await startPeer(name, {}, async () => counted), counted);
    },
  },
];

async function benchFor(peer: Peer, counted?: Counted): Promise<Bench> {
  const filled = await peer.fill(
    CONVERSATIONS + 1,
    range(CONVERSATIONS).map((c) => [0, c + 1]),
  );
  await talk(peer, filled, 1);
  const client = peer.name === 'usual' ? await usual(peer, filled) : await chinwag(peer, filled);
  return {
    async run() {
      await talk(peer, filled, MESSAGES_EACH);
      // What the messages set going (search index, notifications) is done: it is not what coming back costs.
      await Bun.sleep(3_000);
      const before = counted?.statements() ?? 0;
      const startedAt = performance.now();
      const { roundTrips, messages, bytes } = await client.comeBack();
      const ms = performance.now() - startedAt;
      if (messages !== CONVERSATIONS * MESSAGES_EACH)
        throw new Error(`${peer.name}: ${messages} messages came instead of ${CONVERSATIONS * MESSAGES_EACH}`);
      const sample: Sample = { ms, 'round trips': roundTrips, kB: bytes / 1000, messages };
      return counted ? { ...sample, statements: counted.statements() - before } : sample;
    },
    stop: () => peer.stop(),
  };
}

/** While the first person is away, the other of each conversation writes. */
async function talk(peer: Peer, { tokens, conversations }: Filled, times: number): Promise<void> {
  const lines = conversations.map((conversation, c) => ({ conversation, sends: true, token: tokens[c + 1] ?? null }));
  await load('load', peer, lines, { sends: times, 'in-flight': 8 });
}

async function ask(peer: Peer, token: string | null | undefined, path: string, body?: object): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${peer.port}${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
  return text;
}

async function chinwag(peer: Peer, { tokens }: Filled): Promise<Away> {
  type Answer = {
    complete: boolean;
    conversations: { id: string; rev: number }[];
    messages: Record<string, { items: unknown[]; complete: boolean }>;
  };
  const held: Record<string, number> = {};
  const comeBack = async (): Promise<Came> => {
    const came: Came = { roundTrips: 0, messages: 0, bytes: 0 };
    for (let complete = false; !complete;) {
      const text = await ask(peer, tokens[0], '/api/chat/sync', { conversations: held });
      const answer = JSON.parse(text) as Answer;
      came.roundTrips++;
      came.bytes += text.length;
      for (const { id, rev } of answer.conversations) held[id] = rev;
      for (const part of Object.values(answer.messages)) {
        came.messages += part.items.length;
        if (!part.complete) throw new Error('a conversation did not come whole');
      }
      complete = answer.complete;
    }
    return came;
  };
  await comeBack();
  return { comeBack };
}

/** Lists the conversations, then asks each for what came after the last message that it holds. */
async function usual(peer: Peer, { tokens, conversations }: Filled): Promise<Away> {
  type Page = { items: { position: string }[] };
  const held = new Map<string, string>();
  const path = (id: string, query: string): string => `/conversations/${id}/messages?limit=200${query}`;
  const comeBack = async (): Promise<Came> => {
    const list = await ask(peer, tokens[0], '/conversations');
    const came: Came = { roundTrips: 1, messages: 0, bytes: list.length };
    await each((JSON.parse(list) as { items: { id: string }[] }).items, REQUESTS_AT_ONCE, async ({ id }) => {
      const text = await ask(peer, tokens[0], path(id, `&after=${held.get(id)}`));
      const answer = JSON.parse(text) as Page;
      came.roundTrips++;
      came.bytes += text.length;
      came.messages += answer.items.length;
      held.set(id, answer.items.at(-1)?.position ?? held.get(id) ?? '');
    });
    return came;
  };
  for (const id of conversations) {
    const newest = JSON.parse(await ask(peer, tokens[0], path(id, ''))) as Page;
    held.set(id, newest.items.at(-1)?.position ?? '');
  }
  return { comeBack };
}
