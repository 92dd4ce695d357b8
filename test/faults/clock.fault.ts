import { afterEach, describe, expect } from 'bun:test';
import { createDatabase, postgresUrl, type Dialect, type TestDatabase } from '../support/database.ts';
import { createStepClock, type StepClock } from '../support/faketime.ts';
import { JWT_SECRET, tokenOf } from '../support/host-app.ts';
import { signUp, startProgram, type Caller, type Program } from '../support/program.ts';
import { openRawSocket } from '../support/raw-socket.ts';
import { connect, type TestSocket } from '../support/socket.ts';
import { startClients, type Clients } from './clients.ts';
import { fault, levelOf } from './fault.ts';
import { createLoad } from './load.ts';
import { startMentions } from './mentions.ts';

/** How far ahead the clock is, one after the other: set forward, then far back, then forward again to where it was. */
const AHEAD_HOURS = [1, -1, 0];
const MINUTE_MS = 60_000;
const HEARTBEAT_MS = 4_000;
const dialects: Dialect[] = postgresUrl ? ['sqlite', 'postgres'] : ['sqlite'];

let database: TestDatabase | null = null;
let clock: StepClock | null = null;
let programs: Program[] = [];
let clients: Clients | null = null;
afterEach(async () => {
  clients?.stop();
  await Promise.all(programs.map((program) => program.clear()));
  await database?.drop();
  clock?.remove();
  programs = [];
  database = clock = clients = null;
});

async function start(env: Record<string, string>): Promise<Program> {
  const program = await startProgram({
    env: {
      DATABASE_URL: database?.url ?? '',
      AUTH_SECRET: JWT_SECRET,
      JWT_SECRET,
      LOG_LEVEL: 'error',
      HEARTBEAT_MS: String(HEARTBEAT_MS),
      TYPING_TTL_MS: '1000',
      OUTBOX_LEASE_MS: '1000',
      OUTBOX_POLL_MS: '200',
      // So that jobs wait whenever the clock is set.
      MESSAGE_SETTLE_MS: '500',
      NOTIFICATIONS_MAX: '100000',
      RATE_READS_PER_MINUTE: '10000000',
      RATE_SENDS_PER_MINUTE: '10000000',
      RATE_REQUESTS_PER_ADDRESS_PER_MINUTE: '10000000',
      RATE_SIGNALS_PER_MINUTE: '1000',
      ...env,
    },
  });
  programs.push(program);
  return program;
}

const socketUrl = ({ url }: Program): string => `${url.replace('http', 'ws')}/api/chat/ws`;
const listen = (program: Program, { token }: Caller): Promise<TestSocket> => connect(socketUrl(program), { authorization: `Bearer ${token}` });

/** With a token that is used for the first time. */
async function statusOfToken({ url }: Program, lasts: string): Promise<number> {
  const token = await tokenOf(`Peer-${crypto.randomUUID()}`, lasts);
  return (await fetch(`${url}/api/chat/me`, { headers: { authorization: `Bearer ${token}` } })).status;
}

async function ticketOf(who: Caller): Promise<string> {
  return ((await (await who.call('POST', '/ws-ticket')).json()) as { ticket: string }).ticket;
}

/** How a socket by a ticket is received: 0 for a greeting, otherwise the code it is closed with. */
async function openBy(program: Program, ticket: string): Promise<number> {
  const socket = new WebSocket(`${socketUrl(program)}?ticket=${ticket}`);
  const code = await new Promise<number>((resolve) => {
    socket.onmessage = () => resolve(0);
    socket.onclose = (event) => resolve(event.code);
  });
  socket.close();
  return code;
}

/** Signals until there were too many; how long to wait then, in seconds. */
async function exhaust(who: Caller, conversationId: string): Promise<number> {
  for (;;) {
    const signals = Array.from({ length: 50 }, () => who.call('POST', `/conversations/${conversationId}/typing`, { typing: false }));
    const refused = (await Promise.all(signals)).find((answer) => !answer.ok);
    if (!refused) continue;
    expect(refused.status).toBe(429);
    return Number(refused.headers.get('retry-after'));
  }
}

for (const dialect of dialects) {
  describe(`A process on ${dialect} whose clock is set forward and back by an hour under load`, () => {
    fault('loses nothing, refuses nobody, and keeps its timers; what is a time of day by nature moves with it', async () => {
      database = await createDatabase(dialect);
      const stepped = (clock = createStepClock());
      const here = await start(stepped.env);
      // The other machine's clock is right all the time.
      const places = dialect === 'sqlite' ? [here] : [here, await start({})];
      const load = await createLoad(here.url, 4);
      const talking = (clients = await startClients([here.url, places.at(-1)?.url ?? '']));
      const [ann, ben] = [await signUp(here.url, 'Ann'), await signUp(here.url, 'Ben')];
      const { id: conversationId } = (await (await ann.call('POST', '/conversations', { userId: ben.id })).json()) as { id: string };
      const ears = await listen(here, ben);
      const voice = await listen(here, ann);
      let over = false;
      const work = [talking.talk(() => over), ...places.map(({ url }) => load.runAt(url, () => over))];
      const mentions = await startMentions(here.url, () => over);
      await load.reached(100);
      const before = levelOf(here);

      const cut: Promise<void>[] = [];
      for (const hours of AHEAD_HOURS) {
        const silent = await openRawSocket(here.port, ann.token);
        cut.push(silent.until(() => silent.closed));
        const ticket = await ticketOf(ann);
        expect(await voice.call('typing.set', { conversationId, typing: true })).toMatchObject({ ok: true });
        const ended = ears.frame(({ type, data }) => type === 'typing.updated' && !data.typing);
        stepped.set(hours);
        const sentAt = async (): Promise<number> => {
          const answer = await ann.call('POST', `/conversations/${conversationId}/messages`, { content: 'What time is it?' });
          return ((await answer.json()) as { createdAt: number }).createdAt;
        };
        expect(Math.abs((await sentAt()) - stepped.now())).toBeLessThan(MINUTE_MS);

        await ended;
        expect(await openBy(here, ticket)).toBe(4001);
        expect(await openBy(here, await ticketOf(ann))).toBe(0);
        expect(await statusOfToken(here, '30m')).toBe(hours > 0 ? 401 : 200);
        expect(await exhaust(ben, conversationId)).toBeWithin(1, 61);
        expect(await (await ann.call('GET', `/online-status/${ben.id}`)).json()).toMatchObject({ status: 'online' });
        await load.reached(load.acknowledged.length + 100);
      }
      await Promise.all(cut);
      expect(await voice.call('person.me')).toMatchObject({ ok: true });
      over = true;
      await Promise.all(work);
      expect([...load.refusals]).toEqual([]);
      await mentions.expectNotified();
      for (const { url } of places) await talking.expectEqual(url);
      expect((await ears.everything()).filter(({ type, data }) => type === 'presence.updated' && data.status === 'away')).toEqual([]);
      await Promise.all([ears.close(), voice.close()]);
      talking.stop();
      return { programs: places, before, load };
    });
  });
}
