/** The load client of bench/client: made on demand, run as a process of its own. */
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { requireFiles } from './machine.ts';
import type { Peer } from './peer.ts';

export type Mode = 'load' | 'pace' | 'http';
export type Measured = {
  sends: number;
  deliveries: number;
  requests: number;
  seconds: number;
  connectSeconds: number;
  disordered: number;
  bytesEach: number;
  clientCoreShare: number;
  deliveryMs: Latency;
  /** Not of paced sends. */
  answerMs?: Latency;
};
type Latency = { p50: number; p99: number; max: number };
/** One connection: the conversation that it hears (for the limit more than one, with commas), whether it sends there, who it is. */
export type Line = { conversation: string; sends: boolean; token: string | null };

/** Whom the client speaks to: at several ports in turn where there are several processes. */
export type Target = Pick<Peer, 'name' | 'adapter' | 'port' | 'keepsOrder'> & { ports?: number[] };

const source = join(import.meta.dir, 'client');
const binary = join(import.meta.dir, '../dist/bench/client');

/** Compiles the client if its source is newer than what was made of it. */
export function buildClient(): void {
  const files = readdirSync(source).map((name) => join(source, name));
  const made = statSync(binary, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (files.every((file) => statSync(file).mtimeMs < made)) return;
  const compiler = process.env.CC ?? Bun.which('cc') ?? Bun.which('gcc') ?? Bun.which('clang');
  if (!compiler)
    throw new Error('The load client is a C program and there is no cc, gcc or clang here: install one (Debian: apt-get install gcc libc6-dev).');
  mkdirSync(join(binary, '..'), { recursive: true });
  const code = files.filter((file) => file.endsWith('.c'));
  const { exitCode, stderr } = Bun.spawnSync([compiler, '-std=gnu17', '-O3', '-Wall', '-Wextra', '-o', binary, ...code]);
  if (exitCode !== 0) throw new Error(`The load client does not compile:\n${stderr.toString()}`);
}

function argumentsOf(mode: string, peer: Target, options: Record<string, string | number>): string[] {
  const pairs = Object.entries<string | number>({ adapter: peer.adapter, ports: (peer.ports ?? [peer.port]).join(','), ...options });
  return [binary, mode, ...pairs.flatMap(([name, value]) => [`--${name}`, String(value)])];
}

function planOf(lines: Line[]): string {
  return `${lines.map(({ conversation, sends, token }) => `${conversation} ${sends ? 1 : 0} ${token ?? '-'}`).join('\n')}\n\n`;
}

/** Fails when anything was lost, came twice or was not answered. */
export async function load(mode: Mode, peer: Target, lines: Line[], options: Record<string, string | number>): Promise<Measured> {
  requireFiles(lines.length);
  const client = Bun.spawn(argumentsOf(mode, peer, options), { stdin: new Blob([planOf(lines)]), stdout: 'pipe', stderr: 'pipe' });
  const [out, err, code] = await Promise.all([new Response(client.stdout).text(), new Response(client.stderr).text(), client.exited]);
  if (code !== 0) throw new Error(`${peer.name}: ${err}${out}`);
  const measured = JSON.parse(out) as Measured;
  if (peer.keepsOrder && measured.disordered > 0) throw new Error(`${peer.name}: out of order: ${out}`);
  return measured;
}

/** Opens the connections and holds them open while `during` looks. */
export async function hold<T>(peer: Target, lines: Line[], during: (connectSeconds: number) => Promise<T>): Promise<T> {
  requireFiles(lines.length);
  const client = Bun.spawn(argumentsOf('idle', peer, {}), { stdin: 'pipe', stdout: 'pipe', stderr: 'inherit' });
  try {
    void client.stdin.write(planOf(lines));
    await client.stdin.flush();
    const { value } = await client.stdout.getReader().read();
    if (!value) throw new Error(`${peer.name}: the client ended`);
    return await during((JSON.parse(new TextDecoder().decode(value)) as Measured).connectSeconds);
  } finally {
    client.kill();
    await client.exited;
  }
}
