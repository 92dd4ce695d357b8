/** S1 and S2: sends in a closed loop, every delivery looked at. S9 asks the same of larger installations. */
import { load, type Line, type Measured } from '../load.ts';
import type { Peer } from '../peer.ts';
import { startPeer } from '../peers.ts';
import { benchOf, range, scaled, type Case, type Sample } from '../scenario.ts';

export type Shape = { conversations: number; members: number; senders: 'one' | 'all' };

/** The sockets of so many conversations with members of their own. */
export async function linesOf(peer: Pick<Peer, 'fill'>, { conversations, members, senders }: Shape): Promise<Line[]> {
  const lists = range(conversations).map((c) => range(members).map((m) => c * members + m));
  const filled = await peer.fill(conversations * members, lists);
  return filled.tokens.map((token, person) => ({
    token,
    conversation: filled.conversations[Math.floor(person / members)] ?? '',
    sends: senders === 'all' || person % members === 0,
  }));
}

export function sampleOf(measured: Measured): Sample {
  return {
    'sends/s': measured.sends / measured.seconds,
    'deliveries/s': measured.deliveries / measured.seconds,
    'µs/delivery': (1e6 * measured.seconds) / measured.deliveries,
    ...(measured.answerMs && { 'answer p50 ms': measured.answerMs.p50, 'answer p99 ms': measured.answerMs.p99 }),
    'delivery p50 ms': measured.deliveryMs.p50,
    'delivery p99 ms': measured.deliveryMs.p99,
    'delivery max ms': measured.deliveryMs.max,
    disordered: measured.disordered,
    'client core share': measured.clientCoreShare,
  };
}

/** The usual stack is given fewer messages, so that its runs last about as long. */
const patience = (peer: Peer): number => (peer.name === 'usual' ? 0.1 : 1);
const USUAL_FAN_OUT_MAX = 300;

function fanOut(inFlight: number, sends: number): Case {
  return {
    name: `s1-${inFlight}`,
    title: `S1 one sender, 1,000 members, ${inFlight} in flight`,
    peers: ['SQLite', 'Postgres', 'limit', 'usual'],
    shown: ['deliveries/s', 'answer p50 ms'],
    aims:
      inFlight === 64
        ? [
            { figure: 'deliveries/s', of: 'SQLite', against: 'limit', atLeast: 0.8 },
            { figure: 'deliveries/s', of: 'SQLite', against: 'usual', atLeast: 30 },
          ]
        : [],
    async prepare(name) {
      const peer = await startPeer(name);
      const lines = await linesOf(peer, { conversations: 1, members: scaled(1_000, 2), senders: 'one' });
      const most = peer.name === 'usual' ? USUAL_FAN_OUT_MAX : Infinity;
      const each = Math.min(scaled(sends) * patience(peer), most);
      return benchOf(peer, async (share) => sampleOf(await load('load', peer, lines, { 'in-flight': inFlight, sends: Math.ceil(each * share) })));
    },
  };
}

function manyRooms(inFlight: number, sends: number): Case {
  return {
    name: `s2-${inFlight}`,
    title: `S2 100 conversations of 10, all send, ${inFlight} in flight each`,
    peers: ['SQLite', 'Postgres', 'limit', 'usual'],
    shown: ['sends/s', 'answer p50 ms', 'answer p99 ms'],
    aims:
      inFlight === 8
        ? [
            { figure: 'sends/s', of: 'SQLite', against: 'limit', atLeast: 0.35 },
            { figure: 'sends/s', of: 'SQLite', against: 'usual', atLeast: 20 },
            { figure: 'sends/s', of: 'Postgres', against: 'usual', atLeast: 15 },
          ]
        : [],
    async prepare(name) {
      const peer = await startPeer(name);
      const lines = await linesOf(peer, { conversations: scaled(100, 2), members: 10, senders: 'all' });
      return benchOf(peer, async (share) =>
        sampleOf(await load('load', peer, lines, { 'in-flight': inFlight, sends: Math.ceil(sends * share * patience(peer)) })),
      );
    },
  };
}

export const sends: Case[] = [fanOut(1, 1_000), fanOut(8, 4_000), fanOut(64, 10_000), manyRooms(1, 60), manyRooms(8, 120)];
