import { createClient, type Client } from '../../src/client/index.ts';
import type { CommandName, Input } from '../../src/client/commands.ts';
import type { Ports, RawSocketEvents } from '../../src/client/ports.ts';
import { alone } from '../../src/client/tabs.ts';
import type { Token } from '../../src/client/session.ts';
import type { Conversation } from '../../src/wire/conversations.ts';
import type { ErrorCode } from '../../src/wire/errors.ts';
import type { Event } from '../../src/wire/events.ts';
import type { Message } from '../../src/wire/messages.ts';
import type { Me, Person } from '../../src/wire/person.ts';
import { createFakeClock } from '../support/clock.ts';

type Door = 'socket' | 'http';
type Asked = { door: Door; type: string; data: Record<string, unknown> };
type Handler = (data: Record<string, unknown>) => unknown;
type Connection = { url: string; protocol: string; headers: Record<string, string>; sent: string[]; on: RawSocketEvents };

export class Refusal extends Error {
  constructor(
    readonly code: ErrorCode,
    readonly retryAfter?: number,
  ) {
    super(code);
  }
}

export const ann: Person = { id: 'ann', externalId: null, name: 'Ann', avatarUrl: null, kind: 'user', statusText: null };
export const bob: Person = { id: 'bob', externalId: null, name: 'Bob', avatarUrl: null, kind: 'user', statusText: null };
export const carl: Person = { id: 'carl', externalId: null, name: 'Carl', avatarUrl: null, kind: 'user', statusText: null };

export const me: Me = {
  ...ann,
  timeZone: null,
  email: 'ann@example.com',
  organisations: [],
  activeOrganisationId: null,
  preferences: { hidePresence: false, hideReceipts: false },
  capabilities: { update: true, createGroup: true },
};

/** A server in memory, whose answers, events and failures the test decides. Time stands still until the test moves it. */
export function createFakeServer() {
  const clock = createFakeClock(1_700_000_000_000);
  const asked: Asked[] = [];
  const connections: Connection[] = [];
  const wakes = new Set<() => void>();
  const handlers = new Map<string, Handler>([
    ['person.me', () => me],
    ['conversation.list', () => ({ items: [], cursor: null })],
    ['notification.list', () => ({ items: [], cursor: null, unread: 0 })],
    ['sync', () => ({ epoch: server.epoch, conversations: [], messages: {}, removed: [], marks: {}, hidden: {}, complete: true })],
    ['presence.get', () => ({ items: [], cursor: null })],
    ['delivered.mark', () => ({})],
    ['read.mark', () => ({})],
    ['typing.set', () => ({})],
  ]);

  async function answer(door: Door, type: string, data: Record<string, unknown>) {
    asked.push({ door, type, data });
    const handler = handlers.get(type);
    if (!handler) throw new Error(`the test did not say what ${type} answers`);
    try {
      return { ok: true as const, data: await handler(data) };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { ok: false as const, error: { code: error.code, message: error.message, requestId: 'r', retryAfter: error.retryAfter } };
    }
  }

  const ports: Ports = {
    now: clock.now,
    after: (ms, task) => clock.after(ms, task).cancel,
    random: () => 0,
    browser: false,
    onHide: () => () => {},
    openStorage: () => null,
    tabs: alone,
    onWake(wake) {
      wakes.add(wake);
      return () => void wakes.delete(wake);
    },
    openSocket(url, protocol, headers, on) {
      const connection: Connection = { url, protocol, headers, sent: [], on };
      connections.push(connection);
      if (!server.up) queueMicrotask(() => on.closed(1006, ''));
      return {
        send(text) {
          if (connection !== connections.at(-1) || !server.up) return;
          connection.sent.push(text);
          const { id, type, data } = JSON.parse(text);
          if (type === 'ping') return void (server.deaf || on.frame('{"type":"pong"}'));
          void answer('socket', type, data).then((reply) => on.frame(JSON.stringify({ re: id, ...reply })));
        },
        close: () => queueMicrotask(() => on.closed(1005, '')),
      };
    },
    async fetch(url, init) {
      if (!server.up) throw new TypeError('fetch failed');
      const { pathname } = new URL(url);
      const body: unknown = init.body === undefined ? {} : JSON.parse(String(init.body));
      const reply = await answer('http', `${init.method} ${pathname}`, { ...(typeof body === 'object' ? body : {}), headers: init.headers });
      return reply.ok ? Response.json(reply.data) : Response.json({ error: reply.error }, { status: 503 });
    },
  };
  handlers.set('GET /api/chat/me', () => me);

  const server = {
    clock,
    asked,
    connections,
    ports,
    up: true,
    /** Leaves pings without an answer. */
    deaf: false,
    epoch: 'e1',
    on: (type: CommandName | `${'GET' | 'POST' | 'PUT'} ${string}`, handler: Handler): void => void handlers.set(type, handler),
    /** What was asked of a command so far. */
    inputs: <Name extends CommandName>(name: Name) => asked.filter(({ type }) => type === name).map(({ data }) => data as Input<Name>),
    hello: (heartbeatMs = 30_000): void =>
      server.frame({
        type: 'hello',
        data: {
          connectionId: `c${connections.length}`,
          userId: me.id,
          epoch: server.epoch,
          serverTime: clock.now(),
          heartbeatMs,
          limits: {
            messageCodePoints: 4000,
            poll: { questionCodePoints: 300, optionCodePoints: 100, options: 12, openMs: 86_400_000 },
            frameBytes: 65_536,
            framesPerSecond: 200,
            framesBurst: 1000,
            rates: {},
          },
        },
      }),
    frame: (frame: unknown): void => connections.at(-1)?.on.frame(JSON.stringify(frame)),
    push: (event: Event): void => server.frame(event),
    drop: (code = 1006, reason = ''): void => connections.at(-1)?.on.closed(code, reason),
    wake: (): void => wakes.forEach((wake) => wake()),
    client: (token: Token = 'secret', over: Partial<Ports> = {}): Client =>
      createClient({ url: 'https://chat.test', token, ports: { ...ports, ...over } }),
    /** A client that is connected and has synced. */
    async connected(): Promise<Client> {
      const client = server.client();
      await client.start();
      await quiet();
      server.hello();
      await quiet();
      return client;
    },
  };
  return server;
}

export type FakeServer = ReturnType<typeof createFakeServer>;

/** Lets everything that is ready to go on do so. No time passes. */
export async function quiet(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** A promise that the test settles. */
export function deferred<Value>() {
  return Promise.withResolvers<Value>();
}

export function message(seq: number, change: Partial<Message> = {}): Message {
  return {
    id: `m${seq}`,
    conversationId: 'c',
    seq,
    rev: seq + 1,
    clientId: `client-${seq}`,
    sender: bob,
    type: 'text',
    content: `message ${seq}`,
    metadata: {},
    replyTo: null,
    threadId: null,
    alsoToConversation: false,
    thread: null,
    forwardedFrom: null,
    pinned: null,
    mentions: [],
    attachments: [],
    reactions: [],
    status: 'sent',
    createdAt: 1_700_000_000_000 + seq * 1000,
    editedAt: null,
    deletedAt: null,
    ...change,
  };
}

/** A direct conversation with Bob with `lastSeq` messages, the first change being its creation. */
export function conversation(lastSeq: number, change: Partial<Conversation> = {}): Conversation {
  return {
    id: 'c',
    orgId: 'o',
    kind: 'direct',
    title: null,
    description: null,
    avatarUrl: null,
    status: 'open',
    context: null,
    createdBy: bob.id,
    createdAt: 1_700_000_000_000,
    updatedAt: 1_700_000_000_000,
    lastSeq,
    rev: lastSeq + 1,
    lastMessageAt: lastSeq === 0 ? null : message(lastSeq).createdAt,
    memberCount: 2,
    settings: { history: 'all', posting: 'members', inviting: 'members', pinning: 'members', mentioningAll: 'members', slowModeSeconds: 0 },
    metadata: {},
    lastMessage: lastSeq === 0 ? null : message(lastSeq),
    peer: bob,
    membership: {
      role: 'member',
      readSeq: lastSeq,
      deliveredSeq: lastSeq,
      unread: 0,
      notify: 'all',
      mutedUntil: null,
      pinned: false,
      archived: false,
      draft: null,
      nextSendAt: null,
      joinedAt: 0,
    },
    receipts: { readSeq: 0, deliveredSeq: 0, visible: 2 },
    capabilities: {
      post: true,
      update: false,
      delete: false,
      leave: false,
      addMembers: false,
      removeMembers: false,
      changeRoles: false,
      pin: true,
      mentionAll: false,
      vote: true,
    },
    ...change,
  };
}

export function created(seq: number, change: Partial<Message> = {}): Event {
  const data = message(seq, change);
  return { type: 'message.created', conversationId: data.conversationId, rev: data.rev, data };
}
