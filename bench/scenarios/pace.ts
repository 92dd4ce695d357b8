/** S3: how long a delivery takes while people just talk. */
import { load } from '../load.ts';
import { startPeer } from '../peers.ts';
import { benchOf, scaled, type Case } from '../scenario.ts';
import { linesOf, sampleOf } from './send.ts';

const SECONDS = 20;

export const pace: Case[] = [
  {
    name: 's3',
    title: 'S3 500 connections in 50 conversations, 500 messages/s',
    peers: ['SQLite', 'Postgres', 'limit', 'usual'],
    shown: ['delivery p50 ms', 'delivery p99 ms', 'delivery max ms'],
    aims: (['SQLite', 'Postgres'] as const).flatMap((of) =>
      ['delivery p50 ms', 'delivery p99 ms'].map((figure) => ({ figure, of, against: 'usual' as const, atMost: 0.5 })),
    ),
    async prepare(name) {
      const peer = await startPeer(name);
      const lines = await linesOf(peer, { conversations: scaled(50), members: 10, senders: 'all' });
      return benchOf(peer, async (share) => {
        const measured = await load('pace', peer, lines, { rate: scaled(500, 10), seconds: Math.ceil(SECONDS * share) });
        return sampleOf(measured);
      });
    },
  },
];
