import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** The program under test as people run it: the built binary, or what CHINWAG_BIN names. */
export const binary = resolve(process.env.CHINWAG_BIN ?? join(import.meta.dir, '../../dist/chinwag'));

export type Ran = { code: number; out: string; err: string };
export type Program = {
  url: string;
  port: number;
  dataDir: string;
  pid: number;
  /** From the start of the process to the first good answer of /readyz. */
  firstAnswerMs: number;
  /** Everything that it wrote so far. */
  output(): string;
  /** Sends the signal and waits for the end. */
  end(signal?: NodeJS.Signals): Promise<number>;
  /** Ends it and forgets its data. */
  clear(): Promise<void>;
};

type Options = { args?: string[]; env?: Record<string, string>; dataDir?: string; port?: number };

/** A folder of its own, gone when the tests are done. */
export function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'chinwag-program-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A port that was free a moment ago. */
export function freePort(): number {
  const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response() });
  const { port } = server;
  void server.stop(true);
  if (port === undefined) throw new Error('there is no free port');
  return port;
}

/** Runs a command to its end. The environment holds what the test gives and nothing of this machine but PATH. */
export async function runProgram(args: string[], env: Record<string, string> = {}, input = ''): Promise<Ran> {
  const child = Bun.spawn([requireBinary(), ...args], {
    cwd: tmpdir(),
    env: environment(env),
    stdin: new Blob([input]),
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const [out, err, code] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text(), child.exited]);
  return { code, out, err };
}

/** Starts the server and waits until it is ready. */
export async function startProgram({ args = [], env = {}, dataDir = emptyFolder(), port = freePort() }: Options = {}): Promise<Program> {
  const url = `http://127.0.0.1:${port}`;
  const startedAt = performance.now();
  const child = Bun.spawn([requireBinary(), 'serve', ...args], {
    cwd: tmpdir(),
    env: environment({ PORT: String(port), HOST: '127.0.0.1', PUBLIC_URL: url, DATA_DIR: dataDir, ...env }),
    stdout: 'pipe',
    stderr: 'pipe',
  });
  let written = '';
  const collect = async (stream: ReadableStream<Uint8Array>): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const piece of stream) written += decoder.decode(piece, { stream: true });
  };
  const collected = Promise.all([collect(child.stdout), collect(child.stderr)]);
  while (!(await isReady(url))) {
    if (child.exitCode === null) continue;
    await collected;
    throw new Error(`the program ended with ${child.exitCode}:\n${written}`);
  }
  const firstAnswerMs = performance.now() - startedAt;

  async function end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number> {
    child.kill(signal);
    const code = await child.exited;
    await collected;
    return code;
  }
  return {
    url,
    port,
    dataDir,
    pid: child.pid,
    firstAnswerMs,
    output: () => written,
    end,
    async clear() {
      if (child.exitCode === null && child.signalCode === null) await end('SIGKILL');
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/readyz`)).ok;
  } catch {
    return false;
  }
}

function environment(env: Record<string, string>): Record<string, string> {
  return { PATH: process.env.PATH ?? '', ...env };
}

function requireBinary(): string {
  if (!existsSync(binary)) throw new Error(`There is no ${binary}; make it with: bun run build`);
  return binary;
}

export type Caller = {
  id: string;
  email: string;
  password: string;
  token: string;
  call(method: string, path: string, body?: object): Promise<Response>;
  /** The same person at another address. */
  at(url: string): Caller;
};

/** An account of somebody new. */
export async function signUp(url: string, name: string): Promise<Caller> {
  const account = { email: `${name.toLowerCase()}-${crypto.randomUUID()}@example.com`, password: 'a long password' };
  return caller(url, account, await post(`${url}/api/auth/sign-up/email`, { name, ...account }));
}

export async function signIn(url: string, email: string, password: string): Promise<Caller> {
  return caller(url, { email, password }, await post(`${url}/api/auth/sign-in/email`, { email, password }));
}

async function caller(url: string, account: { email: string; password: string }, response: Response): Promise<Caller> {
  const token = response.headers.get('set-auth-token');
  if (!response.ok || token === null) throw new Error(`signing in answered ${response.status}: ${await response.text()}`);
  const { user } = (await response.json()) as { user: { id: string } };
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const at = (address: string): Caller => ({
    id: user.id,
    ...account,
    token,
    call: (method, path, body) => fetch(`${address}/api/chat${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) }),
    at,
  });
  return at(url);
}

function post(url: string, body: object): Promise<Response> {
  return fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
}
