/**
 * `bun run bench` measures everything, `bun run bench s2` what begins so. Peers stand side by side and run in turn; the raw figures are kept in
 * bench/results. A figure means something as a ratio of one run only. bench/README.md tells what the scenarios are.
 */
import { join } from 'node:path';
import { buildClient } from './load.ts';
import { machine } from './machine.ts';
import { clearAll, root, type PeerName } from './peer.ts';
import { table, verdicts, type Result } from './report.ts';
import { scale, type Bench, type Case, type Sample } from './scenario.ts';
import { cases } from './scenarios/index.ts';

const RUNS = Number(process.env.BENCH_RUNS ?? 3);
const only = process.env.BENCH_PEERS?.split(',');
const postgres = process.env.BENCH_POSTGRES_URL;
const wanted = process.argv.slice(2);

const chosen = cases.filter(({ name }) => wanted.length === 0 || wanted.some((word) => name === word || name.startsWith(`${word}-`)));
if (chosen.length === 0) throw new Error(`No scenario is called ${wanted.join(', ')}: there are ${cases.map(({ name }) => name).join(' ')}`);
if (!postgres) console.error('BENCH_POSTGRES_URL is not set: without Postgres and without the usual stack, which needs it.');
buildClient();

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void clearAll().then(() => process.exit(130)));
const startedAt = new Date();
const file = join(root, scale === 1 ? 'bench/results' : 'dist/bench', `${startedAt.toISOString().slice(0, 19).replaceAll(':', '')}.json`);
const results: Result[] = [];
for (const one of chosen) {
  results.push(await measure(one));
  await keep();
}
if (scale !== 1) console.log(`\nBENCH_SCALE is ${scale}: the sizes are not those of the titles.`);
console.log(`\n${table(results)}\n`);
for (const { case: name, aim, reached, met } of verdicts(results)) console.log(`${met ? 'met   ' : 'MISSED'} ${name} ${aim}: ${reached}`);
console.log(`\nThe raw figures are in ${file}`);

/** After each scenario, so that whoever interrupts a long run keeps what was measured. */
async function keep(): Promise<void> {
  const raw = results.map(({ case: { name, title }, runs }) => ({ name, title, runs: Object.fromEntries(runs) }));
  const kept = { startedAt, scale, machine: await machine(postgres), results: raw, aims: verdicts(results) };
  await Bun.write(file, `${JSON.stringify(kept, null, 1)}\n`);
}

async function measure(one: Case): Promise<Result> {
  const benches = new Map<PeerName, Bench>();
  try {
    for (const name of one.peers.filter(isHere)) benches.set(name, await one.prepare(name));
    if (!one.cold) for (const bench of benches.values()) await bench.run(0.25);
    const runs = new Map([...benches.keys()].map((name): [PeerName, Sample[]] => [name, []]));
    for (let run = 0; run < (one.runs ?? RUNS); run++)
      for (const [name, bench] of benches) {
        const sample = await bench.run(1);
        runs.get(name)?.push(sample);
        console.log(`${one.name.padEnd(12)} ${name.padEnd(8)} ${line(one, sample)}`);
      }
    return { case: one, runs };
  } finally {
    await Promise.all([...benches.values()].map((bench) => bench.stop()));
    await clearAll();
  }
}

function isHere(name: PeerName): boolean {
  if (only && !only.includes(name)) return false;
  return Boolean(postgres) || (name !== 'Postgres' && name !== 'usual');
}

function line({ shown }: Case, sample: Sample): string {
  return [...shown, 'disordered', 'client core share']
    .flatMap((name) => (sample[name] === undefined ? [] : `${name} ${Number(sample[name].toPrecision(4))}`))
    .join(', ');
}
