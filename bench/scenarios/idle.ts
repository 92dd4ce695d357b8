/** S4: what a connection takes that only listens. */
import { hold, type Line } from '../load.ts';
import { kernelBytes, ownBytes } from '../machine.ts';
import type { Peer } from '../peer.ts';
import { startPeer } from '../peers.ts';
import { range, scaled, type Case, type Sample } from '../scenario.ts';

const MEMBERS = 100;
const SETTLED_S = 10;
const SETTLES_WITHIN_S = 45;

export const idle: Case[] = [
  {
    name: 's4',
    title: 'S4 10,000 people connected, each in 3 conversations of 100',
    peers: ['SQLite', 'Postgres', 'limit', 'usual'],
    shown: ['user bytes each', 'kernel bytes each', 'connects/s'],
    aims: (['SQLite', 'Postgres'] as const).flatMap((of) => [
      { figure: 'user bytes each', of, atMost: 5_000 },
      { figure: 'connects/s', of, against: 'usual' as const, atLeast: 8 },
    ]),
    cold: true,
    // A server of its own for every run: memory that it once had it keeps, and the next connections would cost nothing.
    prepare: async (name) => ({
      async run() {
        const peer = await startPeer(name);
        try {
          return await measure(peer);
        } finally {
          await peer.stop();
        }
      },
      stop: async () => undefined,
    }),
  },
];

async function measure(peer: Peer): Promise<Sample> {
  const lines = await linesOf(peer, scaled(100) * MEMBERS);
  const before = await settled(peer);
  const kernelBefore = kernelBytes();
  return hold(peer, lines, async (seconds) => {
    // Both ends of a connection are in this kernel.
    const kernel = (kernelBytes() - kernelBefore) / 2;
    const user = (await settled(peer)) - before;
    return {
      'user bytes each': Math.round(user / lines.length),
      'kernel bytes each': Math.round(kernel / lines.length),
      'connects/s': lines.length / seconds,
    };
  });
}

/** Everybody in three conversations, each time with others. */
async function linesOf(peer: Peer, people: number): Promise<Line[]> {
  const groups = people / MEMBERS;
  const groupsOf = (person: number): number[] => {
    const [block, place] = [Math.floor(person / MEMBERS), person % MEMBERS];
    return [block, groups + ((block + place) % groups), 2 * groups + ((block + 7 * place) % groups)];
  };
  const lists: number[][] = range(3 * groups).map(() => []);
  for (const person of range(people)) for (const group of groupsOf(person)) lists[group]?.push(person);
  const { tokens, conversations } = await peer.fill(people, lists);
  return tokens.map((token, person) => ({
    token,
    sends: false,
    conversation: groupsOf(person)
      .map((group) => conversations[group])
      .join(','),
  }));
}

/** Its memory once it no longer falls. */
async function settled(peer: Peer): Promise<number> {
  let least = Infinity;
  for (let second = 0, since = 0; second < SETTLES_WITHIN_S && since < SETTLED_S; second++, since++) {
    if (peer.collects) process.kill(peer.pid, 'SIGUSR2');
    await Bun.sleep(1_000);
    const bytes = ownBytes(peer.pid);
    if (bytes < least * 0.99) since = 0;
    least = Math.min(least, bytes);
  }
  return least;
}
