import { afterEach, describe } from 'bun:test';
import { existsSync } from 'node:fs';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { freePort, startProgram, type Program } from '../support/program.ts';
import { connect, type TestSocket } from '../support/socket.ts';
import { startClients, type Clients } from './clients.ts';
import { fault, levelOf, ONE_INSTALLATION, type Outcome } from './fault.ts';
import { createLoad, until, type Load } from './load.ts';

const PEOPLE = 4;
const ALIVE_MS = 300;
const DEADLINE_MS = 5_000;

let database: TestDatabase | null = null;
let programs: Program[] = [];
let nats: Bun.Subprocess | null = null;
let clients: Clients | null = null;
afterEach(async () => {
  clients?.stop();
  clients = null;
  await Promise.all(programs.map((program) => program.clear()));
  await stopNats();
  await database?.drop();
  programs = [];
  database = null;
});

async function start(busUrl: string): Promise<Program> {
  const program = await startProgram({
    env: {
      ...ONE_INSTALLATION,
      DATABASE_URL: database?.url ?? '',
      BUS_URL: busUrl,
      BUS_ALIVE_MS: String(ALIVE_MS),
      REQUEST_TIMEOUT_MS: String(DEADLINE_MS),
    },
  });
  programs.push(program);
  return program;
}

async function startNats(port: number): Promise<void> {
  const program = existsSync('/usr/sbin/nats-server') ? '/usr/sbin/nats-server' : 'nats-server';
  nats = Bun.spawn([program, '-a', '127.0.0.1', '-p', String(port)], { stdout: 'ignore', stderr: 'ignore' });
}

async function stopNats(): Promise<void> {
  nats?.kill('SIGKILL');
  await nats?.exited;
  nats = null;
}

async function knows({ url }: Program, count: number): Promise<boolean> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return new RegExp(`^\\w*processes ${count}$`, 'm').test(text);
}

const hellos = (socket: TestSocket): number => socket.frames.filter((frame) => frame.type === 'hello').length;

/** One process that people send at, another where somebody listens; between them what `part` does. */
async function findEachOther(busUrl: string, part: (here: Program, there: Program, load: Load) => Promise<void>): Promise<Outcome> {
  const [here, there] = [await start(busUrl), await start(busUrl)];
  await until(async () => (await knows(here, 2)) && (await knows(there, 2)));
  const load = await createLoad(here.url, PEOPLE);
  const socket = await connect(`${there.url.replace('http', 'ws')}/api/chat/ws`, { authorization: `Bearer ${load.members[0]?.token}` });
  const first = socket.event('message.created');
  const talking = (clients = await startClients([here.url, there.url, here.url, there.url]));
  let wanted = Infinity;
  const over = (): boolean => load.acknowledged.length >= wanted;
  const sending = Promise.all([load.runAt(here.url, over), talking.talk(over)]);
  await first;
  await load.reached(100);
  const before = levelOf(here);

  await part(here, there, load);
  await until(async () => (await knows(here, 2)) && (await knows(there, 2)));
  await until(() => hellos(socket) >= 2);
  await socket.event('message.created');
  wanted = load.acknowledged.length + 100;
  await sending;
  for (const { url } of [here, there]) await talking.expectEqual(url);
  talking.stop();
  await socket.close();
  return { programs: [here, there], before, load, deadlineMs: DEADLINE_MS };
}

describe('Two processes', () => {
  fault('of which one stood still take each other for dead and find each other again; its sockets are told to sync', async () => {
    database = await createDatabase('postgres');
    return findEachOther('postgres:', async (here, there) => {
      process.kill(there.pid, 'SIGSTOP');
      await until(() => knows(here, 1));
      process.kill(there.pid, 'SIGCONT');
    });
  });

  fault('whose NATS is away for a while go on sending, and tell the sockets to sync when it is back', async () => {
    database = await createDatabase('postgres');
    const port = freePort();
    await startNats(port);
    return findEachOther(`nats://127.0.0.1:${port}`, async (_here, _there, load) => {
      await stopNats();
      await load.reached(load.acknowledged.length + 200);
      await startNats(port);
    });
  });
});
