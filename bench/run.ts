/**
 * `bun run bench [scenario]`: Chinwag beside the limit of the runtime, in turn, three runs after a warm-up; prints a table and keeps the
 * raw figures in bench/results. A figure means something as a ratio of one run only.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Measured, Plan } from './client.ts';
import { benchSearch } from './search.ts';

type Peer = { name: string; prepare(rooms: number, members: number): Promise<Plan['sockets']>; stop(): Promise<void> };
type Scenario = { name: string; rooms: number; members: number; senders: 'one' | 'all'; inFlight: number; sendsEach: number };

const scenarios: Scenario[] = [
  { name: 's1-fan-out-1', rooms: 1, members: 1000, senders: 'one', inFlight: 1, sendsEach: 200 },
  { name: 's1-fan-out-8', rooms: 1, members: 1000, senders: 'one', inFlight: 8, sendsEach: 800 },
  { name: 's1-fan-out-64', rooms: 1, members: 1000, senders: 'one', inFlight: 64, sendsEach: 2000 },
  { name: 's2-rooms-1', rooms: 100, members: 10, senders: 'all', inFlight: 1, sendsEach: 20 },
  { name: 's2-rooms-8', rooms: 100, members: 10, senders: 'all', inFlight: 8, sendsEach: 40 },
];
const RUNS = 3;
const root = join(import.meta.dir, '..');

async function spawnServer(
  command: string[],
  env: Record<string, string>,
  ready: (line: string) => string | null,
): Promise<{ url: string; stop(): Promise<void> }> {
  const child = Bun.spawn(command, { cwd: root, env: { ...process.env, ...env }, stdout: 'pipe', stderr: 'inherit' });
  process.on('exit', () => child.kill());
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of child.stdout) {
    text += decoder.decode(chunk);
    const url = text
      .split('\n')
      .map(ready)
      .find((found) => found !== null);
    if (url) {
      void child.stdout.pipeTo(new WritableStream()).catch(() => undefined);
      return { url, stop: async () => (child.kill(), void (await child.exited)) };
    }
  }
  throw new Error(`the server ended: ${text}`);
}

async function limit(): Promise<Peer> {
  const server = await spawnServer(['bun', 'bench/peers/limit.ts'], {}, (line) =>
    line.startsWith('{') ? `ws://127.0.0.1:${JSON.parse(line).port}` : null,
  );
  return {
    name: 'limit',
    stop: server.stop,
    prepare: async (rooms, members) =>
      Array.from({ length: rooms * members }, (_, i) => ({
        url: `${server.url}/?room=${i % rooms}`,
        token: null,
        room: `${i % rooms}`,
        sends: true,
      })),
  };
}

async function chinwag(name: string, env: Record<string, string>): Promise<Peer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'chinwag-bench-'));
  // Below the ports that the system gives to connections.
  const port = String(10_000 + Math.floor(Math.random() * 20_000));
  const server = await spawnServer(
    ['bun', 'src/main.ts', 'serve'],
    {
      PORT: port,
      HOST: '127.0.0.1',
      DATA_DIR: dataDir,
      RATE_LIMITS: 'off',
      LOG_LEVEL: 'warn',
      JWT_SECRET: 'bench-secret-of-at-least-32-characters',
      ...env,
    },
    (line) => (line.includes(port) ? `http://127.0.0.1:${port}` : null),
  );
  const key = new TextEncoder().encode('bench-secret-of-at-least-32-characters');
  const { SignJWT } = await import('jose');
  const tokenOf = (sub: string): Promise<string> =>
    new SignJWT({ name: sub }).setSubject(sub).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('1h').sign(key);
  const call = async (token: string, path: string, body?: object): Promise<any> => {
    const response = await fetch(`${server.url}/api/chat${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  return {
    name,
    async stop() {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
    async prepare(rooms, members) {
      const run = crypto.randomUUID().slice(0, 8);
      const sockets: Plan['sockets'] = [];
      for (let room = 0; room < rooms; room++) {
        const tokens: string[] = [];
        for (let i = 0; i < members; i++) tokens.push(await tokenOf(`${run}-${room}-${i}`));
        await Promise.all(tokens.map((token) => call(token, '/me')));
        const group = await call(tokens[0] ?? '', '/conversations', { title: `Room ${room}` });
        const others = tokens.slice(1).map((_, i) => `ext:${run}-${room}-${i + 1}`);
        for (let i = 0; i < others.length; i += 200)
          await call(tokens[0] ?? '', `/conversations/${group.id}/members`, { userIds: others.slice(i, i + 200) });
        for (const token of tokens) sockets.push({ url: `${server.url.replace('http', 'ws')}/api/chat/ws`, token, room: group.id, sends: true });
      }
      return sockets;
    },
  };
}

async function measure(peer: Peer, scenario: Scenario): Promise<Measured> {
  const sockets = await peer.prepare(scenario.rooms, scenario.members);
  const first = new Set<string>();
  for (const socket of sockets) {
    socket.sends = scenario.senders === 'all' || !first.has(socket.room);
    first.add(socket.room);
  }
  const plan: Plan = { sockets, inFlight: scenario.inFlight, sendsEach: scenario.sendsEach, content: 'x'.repeat(200) };
  const client = Bun.spawn(['bun', 'bench/client.ts'], { cwd: root, stdin: new Blob([JSON.stringify(plan)]), stdout: 'pipe', stderr: 'inherit' });
  const measured: Measured = JSON.parse(await new Response(client.stdout).text());
  if (measured.missing !== 0 || measured.disordered !== 0) throw new Error(`${peer.name} ${scenario.name}: ${JSON.stringify(measured)}`);
  return measured;
}

const median = (values: number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const wanted = process.argv[2];
const peers: (() => Promise<Peer>)[] = [limit, () => chinwag('chinwag sqlite', {})];
const postgres = process.env.BENCH_POSTGRES_URL;
if (postgres) peers.push(() => chinwag('chinwag postgres', { DATABASE_URL: postgres, AUTH_SECRET: 'bench-secret-of-at-least-32-characters' }));

const raw: { scenario: string; peer: string; runs: Measured[] }[] = [];
for (const scenario of scenarios.filter(({ name }) => !wanted || name.startsWith(wanted))) {
  const open = await Promise.all(peers.map((start) => start()));
  for (const peer of open) await measure(peer, { ...scenario, sendsEach: Math.ceil(scenario.sendsEach / 4) });
  const runs = new Map(open.map((peer) => [peer.name, [] as Measured[]]));
  for (let run = 0; run < RUNS; run++) for (const peer of open) runs.get(peer.name)?.push(await measure(peer, scenario));
  const base = median((runs.get('limit') ?? []).map((run) => run.deliveries / run.seconds));
  for (const [peer, measured] of runs) {
    raw.push({ scenario: scenario.name, peer, runs: measured });
    const rates = measured.map((run) => run.deliveries / run.seconds);
    const sends = measured.map((run) => run.sends / run.seconds);
    const share = median(measured.map((run) => run.clientCpuShare));
    console.log(
      `${scenario.name.padEnd(14)} ${peer.padEnd(17)} ${Math.round(median(sends))} sends/s, ${Math.round(median(rates))} deliveries/s (${Math.round(Math.min(...rates))} to ${Math.round(Math.max(...rates))}), ${(median(rates) / base).toFixed(2)} of limit, client used ${share.toFixed(2)} of a core`,
    );
  }
  await Promise.all(open.map((peer) => peer.stop()));
}
const search = !wanted || wanted.startsWith('s8') ? await benchSearch() : [];
const file = join(root, 'bench/results', `${new Date().toISOString().slice(0, 16).replace(':', '')}.json`);
await Bun.write(file, `${JSON.stringify({ bun: Bun.version, cores: cpus().length, cpu: cpus()[0]?.model, raw, search }, null, 1)}\n`);
