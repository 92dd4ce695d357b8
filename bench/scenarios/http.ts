/** S5: reads and sends over HTTP beside a route that does nothing else than JSON. */
import { load, type Measured } from '../load.ts';
import { startPeer } from '../peers.ts';
import { benchOf, range, scaled, type Case, type Sample } from '../scenario.ts';

const CLIENTS = 32;
const MEMBERS = 10;
const PAGE = 50;

function requests(method: 'GET' | 'POST', title: string, each: number, atLeast: number): Case {
  return {
    name: method === 'GET' ? 's5-page' : 's5-send',
    title,
    peers: ['SQLite', 'Postgres', 'Hono', 'usual'],
    shown: ['requests/s', 'answer p99 ms'],
    aims: (['SQLite', 'Postgres'] as const).map((of) => ({ figure: 'requests/s', of, against: 'Hono' as const, atLeast })),
    async prepare(name) {
      const peer = await startPeer(name);
      const lists = range(CLIENTS).map((c) => range(MEMBERS).map((m) => c * MEMBERS + m));
      const { tokens, conversations } = await peer.fill(CLIENTS * MEMBERS, lists);
      const lines = conversations.map((conversation, c) => ({ conversation, sends: true, token: tokens[c * MEMBERS] ?? null }));
      await load('http', peer, lines, { method: 'POST', path: peer.messages, sends: 2 * PAGE });
      const path = method === 'GET' ? `${peer.messages}?limit=${PAGE}` : peer.messages;
      const sends = scaled(peer.name === 'usual' ? each / 4 : each);
      return benchOf(peer, async (share) => sampleOf(await load('http', peer, lines, { method, path, sends: Math.ceil(sends * share) })));
    },
  };
}

function sampleOf(measured: Measured): Sample {
  return {
    'requests/s': measured.requests / measured.seconds,
    ...(measured.answerMs && { 'answer p50 ms': measured.answerMs.p50, 'answer p99 ms': measured.answerMs.p99 }),
    'bytes each': measured.bytesEach,
    'client core share': measured.clientCoreShare,
  };
}

export const http: Case[] = [
  requests('GET', 'S5 a page of 50 messages over HTTP, 32 clients', 800, 0.15),
  requests('POST', 'S5 a send over HTTP, 32 clients', 1_200, 0.2),
];
