/** S9: what a delivery costs once everything is ten times as large. A small and a large installation stand side by side. */
import { load, type Line } from '../load.ts';
import type { Peer, PeerName } from '../peer.ts';
import { startPeer } from '../peers.ts';
import { scaled, type Bench, type Case } from '../scenario.ts';
import { linesOf, type Shape } from './send.ts';

type Size = Shape & { inFlight: number; sends: number; stored: number };

const fanOut: Size = { conversations: 1, members: scaled(1_000, 2), senders: 'one', inFlight: 64, sends: scaled(5_000), stored: 0 };
/** Ten times as many senders have one message in flight instead of eight: more than QUEUE_MAX at once are told to wait. */
const rooms: Size = { conversations: scaled(100, 2), members: 10, senders: 'all', inFlight: 8, sends: 60, stored: 0 };
/** Messages that each member sends beforehand: 20,000 in all, and 200,000. */
const STORED_EACH = 20;

export const growth: Case[] = [
  grown('s9-members', 'S9 one sender, 1,000 members and 10,000', fanOut, {
    ...fanOut,
    members: 10 * fanOut.members,
    sends: Math.ceil(fanOut.sends / 5),
  }),
  grown('s9-conversations', 'S9 100 conversations of 10 and 1,000', rooms, {
    ...rooms,
    conversations: 10 * rooms.conversations,
    inFlight: 1,
    sends: 6,
  }),
  grown('s9-room', 'S9 100 conversations of 10 and of 100', rooms, { ...rooms, members: 100, inFlight: 1, sends: 3 }),
  grown('s9-stored', 'S9 20,000 messages stored and 200,000', { ...rooms, stored: STORED_EACH }, { ...rooms, stored: 10 * STORED_EACH }, [
    'SQLite',
    'Postgres',
  ]),
];

function grown(name: string, title: string, small: Size, large: Size, peers: PeerName[] = ['SQLite', 'Postgres', 'limit']): Case {
  return {
    name,
    title,
    peers,
    shown: ['µs/delivery', 'µs/delivery at 10x', 'growth'],
    aims: [],
    async prepare(peer) {
      const [one, ten] = [await installation(peer, small), await installation(peer, large)];
      return {
        async run(share) {
          const [before, after] = [await one.run(share), await ten.run(share)];
          const [cost = 0, costAtTen = 0] = [before['µs/delivery'], after['µs/delivery']];
          return {
            'µs/delivery': cost,
            'µs/delivery at 10x': costAtTen,
            growth: costAtTen / cost,
            'client core share': Math.max(before.share ?? 0, after.share ?? 0),
          };
        },
        stop: async () => void (await Promise.all([one.stop(), ten.stop()])),
      };
    },
  };
}

async function installation(name: PeerName, size: Size): Promise<Bench> {
  const peer = await startPeer(name, { GROUP_MEMBERS_MAX: String(10 * fanOut.members) });
  const lines = await linesOf(peer, size);
  if (size.stored > 0) await load('load', peer, lines, { 'in-flight': size.inFlight, sends: size.stored });
  return { run: (share) => cost(peer, lines, size, share), stop: () => peer.stop() };
}

async function cost(peer: Peer, lines: Line[], { inFlight, sends }: Size, share: number): Promise<Record<string, number>> {
  const { seconds, deliveries, clientCoreShare } = await load('load', peer, lines, { 'in-flight': inFlight, sends: Math.ceil(sends * share) });
  return { 'µs/delivery': (1e6 * seconds) / deliveries, share: clientCoreShare };
}
