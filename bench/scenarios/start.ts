/** S7: from the start of the program to its first answer, and the memory that it takes then. */
import { residentBytes } from '../machine.ts';
import { startPeer } from '../peers.ts';
import type { Case } from '../scenario.ts';

export const start: Case[] = [
  {
    name: 's7',
    title: 'S7 start to the first answer',
    peers: ['SQLite', 'Postgres', 'usual'],
    shown: ['again ms', 'without data ms', 'resident MB'],
    aims: (['SQLite', 'Postgres'] as const).flatMap((of) => [
      { figure: 'again ms', of, atMost: 100 },
      { figure: 'resident MB', of, atMost: 90 },
    ]),
    prepare: async (name) => ({
      async run() {
        const peer = await startPeer(name);
        try {
          const again = await peer.restart();
          await Bun.sleep(1_000);
          return {
            'without data ms': peer.firstAnswerMs,
            'again ms': again.firstAnswerMs,
            'resident MB': residentBytes(again.pid) / 1e6,
          };
        } finally {
          await peer.stop();
        }
      },
      stop: async () => undefined,
    }),
  },
];
