import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { createApp, type App, type Files } from '../../app.ts';
import type { Config } from '../../config.ts';
import { systemClock } from '../../lib/clock.ts';
import { createLog } from '../../lib/log.ts';
import { joinAsOwner } from '../admin/owner.ts';
import { clubScripts } from './club.ts';
import { crewScripts } from './crews.ts';
import { directScripts } from './direct.ts';
import { CLUB, emailOf, everybody, PASSWORD, people, profiles, type Who } from './people.ts';
import { seeded, timeline, type Line, type Script } from './script.ts';

const DAY_MS = 24 * 3600_000;
/** What was said before that has been read since, so nobody hears of it. */
const LATELY_MS = 36 * 3600_000;
const SEED = 1877;
const ADDRESS = 'http://localhost';

type Person = { id: string; token: string };
type People = Record<string, Person>;
type Api = (who: Who, method: string, path: string, body?: object) => Promise<unknown>;
/** Marks change nothing that others wait for, so they may run beside each other. */
type Event = { at: number; isMark?: true; run(): Promise<void> };

const signedUp = z.object({ token: z.string(), user: z.object({ id: z.string() }) });
const created = z.object({ id: z.string() });
const sent = z.object({ id: z.string(), seq: z.number() });

/**
 * Writes the demonstration as clients would: people sign up, start conversations, send, correct, read, through the
 * same doors as everybody. Only the clock is ours: it walks through the past days.
 */
export async function fill(config: Config, files: Files): Promise<number> {
  const now = Date.now();
  let at = now - 10 * DAY_MS;
  const clock = { ...systemClock, now: () => at };
  const unhindered = { ...config, publicUrl: ADDRESS, signUp: true, joinDefaultOrganisation: true, rateLimits: false, defaultOrganisation: CLUB };
  const app = await createApp(unhindered, files, { clock, log: createLog('error') });
  let unsettled = false;

  /** What a message causes, like the notifications of it, happens then and not when everything was said. */
  async function settle(): Promise<void> {
    unsettled = false;
    at = Math.min(now, at + config.messageSettleMs);
    app.ports.wakeOutbox();
    await app.jobsDone();
  }

  try {
    const members = await signUpAll(app);
    const api = apiOf(app, members);
    await Promise.all(everybody.flatMap((who) => (profiles[who] ? [api(who, 'PATCH', '/me', profiles[who])] : [])));
    const random = seeded(SEED);
    const scripts = [...clubScripts, ...crewScripts, ...directScripts];
    const events = scripts.flatMap((script) => eventsOf(script, timeline(script, now, random), api, members, random));
    const marking: Promise<void>[] = [];
    for (const event of events.sort((a, b) => a.at - b.at)) {
      if (!event.isMark) await Promise.all(marking.splice(0));
      if (unsettled && at > now - LATELY_MS && Math.min(event.at, now) > at + config.messageSettleMs) await settle();
      at = Math.min(event.at, now);
      const done = event.run();
      unsettled ||= !event.isMark;
      if (event.isMark) marking.push(done);
      else await done;
    }
    await Promise.all(marking);
    await settle();
    at = now;
    await finish(app, members, now, random);
    return events.length;
  } finally {
    await app.stop();
  }
}

async function signUpAll(app: App): Promise<People> {
  const entries = everybody.map(async (who) => {
    const body = { name: people[who], email: emailOf(who), password: PASSWORD };
    const answer = signedUp.parse(await ask(app, 'POST', '/api/auth/sign-up/email', body, {}));
    return [who, { id: answer.user.id, token: answer.token }] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

function apiOf(app: App, members: People): Api {
  return (who, method, path, body) => ask(app, method, `/api/chat${path}`, body, { authorization: `Bearer ${personIn(members, who).token}` });
}

async function ask(app: App, method: string, path: string, body: object | undefined, headers: Record<string, string>): Promise<unknown> {
  const init = { method, headers: { 'content-type': 'application/json', origin: ADDRESS, ...headers }, ...(body && { body: JSON.stringify(body) }) };
  const response = await app.fetch(new Request(`${ADDRESS}${path}`, init));
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
  return response.status === 204 ? null : response.json();
}

function personIn(members: People, who: Who): Person {
  const person = members[who];
  if (!person) throw new Error(`${who} has not signed up`);
  return person;
}

/** Everything that happens in one conversation, each with its time. Marks come at the end of a session: people read when they come by. */
function eventsOf(script: Script, lines: Line[], api: Api, members: People, random: () => number): Event[] {
  const first = lines[0];
  const starter = script.members[0];
  if (!first || !starter) return [];
  let conversationId = '';
  const ids: string[] = [];
  const start = async (): Promise<void> => {
    const others = script.members.filter((who) => who !== starter).map((who) => personIn(members, who).id);
    const input = script.title
      ? { kind: 'group', title: script.title, description: script.description, memberIds: others }
      : { kind: 'direct', userId: others[0] };
    conversationId = created.parse(await api(starter, 'POST', '/conversations', input)).id;
    for (const who of script.pinnedBy ?? []) await api(who, 'PATCH', `/conversations/${conversationId}/membership`, { pinned: true });
  };
  const pose = (line: Line, options: NonNullable<Line['poll']>): Promise<unknown> =>
    api(line.who, 'POST', `/conversations/${conversationId}/polls`, { question: line.text, options: options.map(({ text }) => text) });
  const say = async (line: Line, index: number): Promise<void> => {
    const replyToId = line.replyTo === null ? undefined : ids[line.replyTo];
    const threadId = line.thread === null ? undefined : ids[line.thread];
    const mentions = line.mentions.map((who) => (who === 'all' ? who : personIn(members, who).id));
    const body = { content: line.text, clientId: `demo-${index}`, mentions, ...(replyToId && { replyToId }), ...(threadId && { threadId }) };
    const message = sent.parse(await (line.poll ? pose(line, line.poll) : api(line.who, 'POST', `/conversations/${conversationId}/messages`, body)));
    ids.push(message.id);
    for (const [i, { voters }] of (line.poll ?? []).entries())
      for (const voter of voters) await api(voter, 'PUT', `/messages/${message.id}/poll/vote`, { optionIds: [String(i + 1)] });
    if (line.pinned) await api(line.who, 'PUT', `/messages/${message.id}/pin`);
    if (line.edited) await api(line.who, 'PATCH', `/messages/${message.id}`, { content: line.edited });
  };
  const read = (who: Who, kind: 'read' | 'delivered', seq: number) => (): Promise<void> =>
    api(who, 'PUT', `/conversations/${conversationId}/${kind}`, { seq }).then(() => undefined);

  const marks = lines.flatMap((line, index): Event[] => {
    const next = lines[index + 1];
    if (next && next.at - line.at < 3600_000) return [];
    return script.members.flatMap((who): Event[] => {
      const unread = script.unread?.[who] ?? 0;
      const readUpTo = Math.min(index + 1, lines.length - unread);
      const soon = line.at + 1_000 + Math.floor(random() * 20 * 60_000);
      const delivered: Event[] = unread > 0 && unread % 2 === 0 ? [{ at: soon, isMark: true, run: read(who, 'delivered', index + 1) }] : [];
      return readUpTo > 0 ? [{ at: soon, isMark: true, run: read(who, 'read', readUpTo) }, ...delivered] : delivered;
    });
  });
  return [{ at: first.at - 60_000, run: start }, ...lines.map((line, index) => ({ at: line.at, run: () => say(line, index) })), ...marks];
}

/** What no client could say of itself: who owns the club, and that these people have been here for a while. */
async function finish(app: App, members: People, now: number, random: () => number): Promise<void> {
  const { store } = app.ports;
  const { user, member, setting } = store.tables;
  await store.tx(async (db) => {
    const owner = personIn(members, 'sofia').id;
    const [membership] = await db.select().from(member).where(eq(member.userId, owner));
    if (membership) await joinAsOwner(db, store, membership.organizationId, owner, new Date(now));
    for (const who of everybody) {
      const lastActiveAt = now - Math.floor(random() * 5 * 3600_000);
      await db
        .update(user)
        .set({ lastActiveAt, createdAt: new Date(now - 10 * DAY_MS) })
        .where(eq(user.id, personIn(members, who).id));
    }
    await db.insert(setting).values({ key: 'demo', value: String(now) });
  });
}
