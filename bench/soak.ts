/**
 * `bun run soak` (or `bun run soak Postgres`): the program at work for a long time with connects, drops and faults. Memory has to stay flat,
 * and everything sent has to be there once and be heard in order. bench/README.md tells more.
 */
import { join } from 'node:path';
import { machine } from './machine.ts';
import { clearAll, ownDatabase, root, type Peer } from './peer.ts';
import { startPeer } from './peers.ts';
import { createCrew, type Crew } from './soak/crew.ts';
import { sampleOf, verdictOf, type Sample } from './soak/samples.ts';
import { makeTrouble } from './soak/trouble.ts';

const minutes = Number(process.env.SOAK_MINUTES ?? 20);
const sendsPerSecond = Number(process.env.SOAK_SENDS_PER_SECOND ?? 2_000);
const on = process.argv[2] === 'Postgres' ? 'Postgres' : 'SQLite';
const SAMPLE_S = 5;
const TICK_MS = 5;
const SETTLE_MS = 60_000;
/** Less than the default, so that those who never read are cut often. */
const settings = { SOCKET_BACKPRESSURE_MAX_BYTES: String(1024 * 1024) };

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void clearAll().then(() => process.exit(130)));
const startedAt = new Date();
const database = on === 'Postgres' ? await ownDatabase() : null;
const peer = await startPeer(on, settings, database ? async () => database : undefined);
const { samples, ...rest } = await soak(peer);
await clearAll();
const verdict = verdictOf(samples);
const file = join(root, minutes < 20 ? 'dist/bench' : 'bench/results', `soak-${startedAt.toISOString().slice(0, 16).replaceAll(':', '')}.json`);
const made = { startedAt, on, minutes, sendsPerSecond, machine: await machine(process.env.BENCH_POSTGRES_URL), verdict, ...rest, samples };
await Bun.write(file, `${JSON.stringify(made, null, 1)}\n`);
console.log(verdict, rest, `\nThe samples are in ${file}`);
process.exit(verdict.flat && rest.wrong.length === 0 ? 0 : 1);

async function soak({ port, pid }: Peer): Promise<{ samples: Sample[]; wrong: string[]; troubles: Record<string, number> }> {
  const crew = await createCrew(`http://127.0.0.1:${port}`);
  const trouble = makeTrouble(crew, port, database?.url ?? null);
  const samples = await pace(crew, pid);
  await trouble.end();
  for (const until = performance.now() + SETTLE_MS; !crew.settled && performance.now() < until;) await Bun.sleep(TICK_MS);
  const wrong = await crew.wrong();
  crew.end();
  return { samples, wrong, troubles: trouble.counts };
}

/** Sends what is due, whatever the answers do, and looks every few seconds. */
async function pace(crew: Crew, pid: number): Promise<Sample[]> {
  const samples: Sample[] = [];
  const beganAt = performance.now();
  let lookedAt = beganAt;
  for (let sent = 0; performance.now() - beganAt < minutes * 60_000; await Bun.sleep(TICK_MS)) {
    for (let dueAt = beganAt; dueAt <= performance.now(); sent++) {
      dueAt = beganAt + (sent / sendsPerSecond) * 1_000;
      crew.sendOne(dueAt);
    }
    const now = performance.now();
    if (now - lookedAt < SAMPLE_S * 1_000) continue;
    const sample = sampleOf(pid, Math.round((now - beganAt) / 1_000), (now - lookedAt) / 1_000, crew.take());
    lookedAt = now;
    samples.push(sample);
    console.log(JSON.stringify(sample));
  }
  return samples;
}
