/** S10: S2 with its sockets spread over one process, two and three, side by side. */
import { startCluster, type Cluster } from '../cluster.ts';
import { load, type Line } from '../load.ts';
import { scaled, type Case, type Sample } from '../scenario.ts';
import { linesOf } from './send.ts';

const SIZES = [1, 2, 3];
const [IN_FLIGHT, SENDS] = [8, 60];

export const cluster: Case[] = [overBus('s10-postgres', 'over LISTEN/NOTIFY', 'postgres:')];
const nats = process.env.BENCH_NATS_URL;
if (nats) cluster.push(overBus('s10-nats', 'over NATS', nats));

function overBus(name: string, title: string, bus: string): Case {
  return {
    name,
    title: `S10 S2 on 1, 2 and 3 processes ${title}`,
    peers: ['Postgres'],
    shown: SIZES.flatMap((size) => [
      `${size}: sends/s`,
      `${size}: delivery p99 ms`,
      ...(size > 1 ? [`${size}: frames told/s`, `${size}: heard/s`] : []),
    ]),
    aims: [],
    async prepare() {
      const installations: { cluster: Cluster; lines: Line[] }[] = [];
      for (const size of SIZES) {
        const started = await startCluster(size, { BUS_URL: bus });
        installations.push({ cluster: started, lines: await linesOf(started, { conversations: scaled(100, 2), members: 10, senders: 'all' }) });
      }
      return {
        async run(share) {
          const samples: Sample[] = [];
          for (const { cluster: at, lines } of installations) samples.push(await measure(at, lines, Math.ceil(SENDS * share)));
          const shares = samples.map((sample) => sample['client core share'] ?? 0);
          return Object.assign({}, ...samples, { 'client core share': Math.max(...shares) });
        },
        stop: async () => void (await Promise.all(installations.map(({ cluster: one }) => one.stop()))),
      };
    },
  };
}

async function measure(at: Cluster, lines: Line[], sends: number): Promise<Sample> {
  const size = at.processes.length;
  const before = await at.crossed();
  const { seconds, ...measured } = await load('load', at, lines, { 'in-flight': IN_FLIGHT, sends });
  const after = await at.crossed();
  return {
    [`${size}: sends/s`]: measured.sends / seconds,
    [`${size}: delivery p50 ms`]: measured.deliveryMs.p50,
    [`${size}: delivery p99 ms`]: measured.deliveryMs.p99,
    [`${size}: out of order`]: measured.disordered,
    [`${size}: frames told/s`]: (after.told - before.told) / seconds,
    [`${size}: heard/s`]: (after.heard - before.heard) / seconds,
    'client core share': measured.clientCoreShare,
  };
}
