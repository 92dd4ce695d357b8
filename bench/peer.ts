/** A server under load: how it is started, filled and asked. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SQL } from 'bun';
import { SignJWT } from 'jose';

export type PeerName = 'SQLite' | 'Postgres' | 'limit' | 'usual' | 'Hono';
/** Who is there: a token for each person (null where nobody signs in), and the ids of the conversations. */
export type Filled = { tokens: (string | null)[]; conversations: string[] };
export type Peer = {
  name: PeerName;
  adapter: 'chinwag' | 'limit' | 'socketio';
  port: number;
  pid: number;
  /** Whether the deliveries of one sender come in the order in which they were sent. */
  keepsOrder: boolean;
  /** From the start of the process, with no data, to the first good answer. */
  firstAnswerMs: number;
  /** Whether it collects its garbage when told so by SIGUSR2. */
  collects: boolean;
  /** Makes so many people, and a conversation for each list of them. */
  fill(people: number, conversations: number[][]): Promise<Filled>;
  /** Path of a page of messages or of a send; {} stands for the conversation. */
  messages: string;
  /** Stops it and starts it again on the same data. */
  restart(): Promise<Running>;
  stop(): Promise<void>;
};

export const root = join(import.meta.dir, '..');
export const SECRET = 'bench-secret-of-at-least-32-characters';
const key = new TextEncoder().encode(SECRET);

export function tokenOf(sub: string): Promise<string> {
  return new SignJWT({ name: sub }).setSubject(sub).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('4h').sign(key);
}

/** What a run that ends early has to clear away: the last first, so that a server ends before its database. */
const leftovers = new Set<() => Promise<void>>();

function leftover(clear: () => Promise<void>): () => Promise<void> {
  let cleared: Promise<void> | undefined;
  const once = (): Promise<void> => (cleared ??= clear().finally(() => leftovers.delete(once)));
  leftovers.add(once);
  return once;
}

export async function clearAll(): Promise<void> {
  for (const clear of [...leftovers].toReversed()) await clear();
}

export type Running = { port: number; pid: number; firstAnswerMs: number; stop(): Promise<void> };
export type Database = { url: string; drop(): Promise<void> };

/** A server that can be started anew; `clear` removes what it leaves. */
export async function restartable(
  start: () => Promise<Running>,
  clear: () => Promise<void> = async () => undefined,
): Promise<Pick<Peer, 'port' | 'pid' | 'firstAnswerMs' | 'restart' | 'stop'>> {
  let server = await start();
  const { port, pid, firstAnswerMs } = server;
  return {
    port,
    pid,
    firstAnswerMs,
    async restart() {
      await server.stop();
      return (server = await start());
    },
    async stop() {
      await server.stop();
      await clear();
    },
  };
}

/** Starts a server and waits until `path` answers well. */
export async function startServer(command: string[], env: Record<string, string>, path: string): Promise<Running> {
  const port = freePort();
  const startedAt = performance.now();
  // As many files as the system allows, since a runtime may leave it at what the shell has.
  const child = Bun.spawn(['sh', '-c', 'ulimit -n "$(ulimit -Hn)"; exec "$@"', 'sh', ...command], {
    cwd: root,
    env: { PATH: process.env.PATH ?? '', PORT: String(port), HOST: '127.0.0.1', ...env },
    stdout: 'ignore',
    stderr: 'inherit',
  });
  const kill = (): void => child.kill();
  process.on('exit', kill);
  const stop = leftover(async () => {
    process.off('exit', kill);
    child.kill();
    await child.exited;
  });
  while (!(await answers(`http://127.0.0.1:${port}${path}`))) {
    if (child.exitCode !== null) throw new Error(`${command.join(' ')} ended with ${child.exitCode}`);
    await Bun.sleep(1);
  }
  return {
    port,
    pid: child.pid,
    firstAnswerMs: performance.now() - startedAt,
    stop,
  };
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

/** Below the ports that the system gives to connections. */
function freePort(): number {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 20_000);
    try {
      void Bun.serve({ port, hostname: '127.0.0.1', fetch: () => new Response() }).stop(true);
      return port;
    } catch {
      continue;
    }
  }
}

/** A folder on the disk of the checkout, since a RAM disk would flatter SQLite. */
export function dataFolder(): { path: string; remove(): Promise<void> } {
  mkdirSync(join(root, 'data'), { recursive: true });
  const path = mkdtempSync(join(root, 'data/bench-'));
  return { path, remove: leftover(async () => rmSync(path, { recursive: true, force: true })) };
}

/** A database of its own beside the one that BENCH_POSTGRES_URL names. */
export async function ownDatabase(): Promise<Database> {
  const address = process.env.BENCH_POSTGRES_URL;
  if (!address) throw new Error('BENCH_POSTGRES_URL is not set');
  const name = `chinwag_bench_${crypto.randomUUID().replaceAll('-', '').slice(0, 12)}`;
  const run = async (statement: string): Promise<void> => {
    const sql = new SQL(address, { max: 1 });
    await sql.unsafe(statement);
    await sql.close();
  };
  await run(`create database ${name}`);
  const url = new URL(address);
  url.pathname = `/${name}`;
  return { url: url.href, drop: leftover(() => run(`drop database if exists ${name} with (force)`)) };
}

/** So many at once, in order of the list. */
export async function each<T>(items: T[], atOnce: number, work: (item: T, index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      await work(items[index] as T, index);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}
