import { afterAll, beforeAll, describe } from 'bun:test';
import { Hono } from 'hono';
import { readConfig, type Config, type ConfigInput } from '../../src/config.ts';
import { StoreUnavailable } from '../../src/db/errors.ts';
import type { Store } from '../../src/db/store.ts';
import { defaultOrganisation, findDefaultOrganisation } from '../../src/features/people/default-organisation.ts';
import { enrolUnseen } from '../../src/features/people/enrol.ts';
import { provision, recognise } from '../../src/features/people/provision.ts';
import { createIdentity, type Change, type Identity, type IdentityPorts } from '../../src/http/auth/index.ts';
import { createAnswers } from '../../src/http/answer.ts';
import type { Env } from '../../src/http/router.ts';
import type { Actor } from '../../src/kernel/actor.ts';
import { CommandError } from '../../src/kernel/errors.ts';
import { createLimits } from '../../src/kernel/limits.ts';
import { createReport } from '../../src/kernel/report.ts';
import { createLog } from '../../src/lib/log.ts';
import type { ErrorCode } from '../../src/wire/errors.ts';
import { createFakeClock, type FakeClock } from '../support/clock.ts';
import { dialects, type Dialect } from '../support/database.ts';
import { createMigrated, openTestStore } from '../support/migrated.ts';

export const PUBLIC_URL = 'http://chat.test';
export const PASSWORD = 'correct horse battery staple';
export const SECRET = 'test-secret-of-at-least-32-characters';

export type Sent = { body?: unknown; token?: string; cookie?: string; headers?: Record<string, string>; method?: string; address?: string };
export type Reply = { status: number; body: any; headers: Headers; token: string; cookie: string };
export type SignedUp = { userId: string; email: string; name: string; token: string; bare: string; cookie: string };

export type World = {
  config: Config;
  store: Store;
  clock: FakeClock;
  identity: Identity;
  lines: string[];
  changes: Change[];
  /** How often the outbox was woken. */
  woken(): number;
  auth(path: string, sent?: Sent): Promise<Reply>;
  signUp(name: string, sent?: Sent): Promise<SignedUp>;
  guest(): Promise<SignedUp>;
  who(token: string): Promise<Actor>;
  /** The code of the refusal. */
  refused(token: string): Promise<ErrorCode>;
  resolve(headers: Record<string, string>, options?: { method?: string; door?: 'http' | 'socket' }): Promise<Actor>;
  jobs(kind?: string): Promise<Record<string, unknown>[]>;
  /** The same database with other settings, as after a restart. */
  again(config: ConfigInput, overrides?: Partial<IdentityPorts>): World;
};

/** Identity on a database of its own, once for each dialect of this run. */
export function worlds(title: string, tell: (world: () => World) => void, config: ConfigInput = {}): void {
  for (const dialect of dialects) {
    describe(`${title} on ${dialect}`, () => {
      let opened: { world: World; close(): Promise<void> };
      beforeAll(async () => {
        opened = await openWorld(dialect, config);
      });
      afterAll(() => opened.close());
      tell(() => opened.world);
    });
  }
}

/** For a test that needs an empty database. */
export async function inWorld(dialect: Dialect, config: ConfigInput, run: (world: World) => Promise<void>): Promise<void> {
  const { world, close } = await openWorld(dialect, config);
  try {
    await run(world);
  } finally {
    await close();
  }
}

async function openWorld(dialect: Dialect, input: ConfigInput = {}) {
  const database = await createMigrated(dialect);
  const base: ConfigInput = { publicUrl: PUBLIC_URL, databaseUrl: database.url, dataDir: database.dataDir, authSecret: SECRET };
  const store = await openTestStore(database.url, { statementTimeoutMs: 10_000 });
  const build = (config: ConfigInput, overrides: Partial<IdentityPorts> = {}): World =>
    createWorld(store, readConfig({ ...base, ...config }, {}), overrides, build);
  return {
    world: build(input),
    async close() {
      await store.close();
      await database.drop();
    },
  };
}

/** The real one is tried through the door, where the examples of the documents sign up and in. */
const cheapHash = (password: string): string => new Bun.CryptoHasher('sha256').update(password).digest('hex');
const cheapPasswords: IdentityPorts['passwords'] = {
  hash: async (password) => cheapHash(password),
  verify: async ({ hash, password }) => hash === cheapHash(password),
};

const isUnavailable = (error: unknown): boolean => error instanceof StoreUnavailable;

function createWorld(store: Store, config: Config, overrides: Partial<IdentityPorts>, again: World['again']): World {
  const clock = createFakeClock();
  const lines: string[] = [];
  const changes: Change[] = [];
  let woken = 0;
  const identity = createIdentity({
    config,
    secret: config.authSecret ?? SECRET,
    clock,
    log: createLog('debug', (line) => lines.push(line)),
    store,
    limits: createLimits(config),
    wakeOutbox: () => void woken++,
    clientAddress: (request) => request.headers.get('x-test-address') ?? '192.0.2.1',
    defaultOrganisation,
    findDefaultOrganisation,
    provision,
    recognise,
    enrolUnseen,
    isUnavailable,
    passwords: cheapPasswords,
    ...overrides,
  });
  identity.onChange((change) => changes.push(change));

  const report = createReport({ log: createLog('silent'), count: () => undefined, isUnavailable });
  const nowhere = { door: 'http', command: 'auth', requestId: 'test', userId: null, ms: 0 } as const;
  const app = new Hono<Env>()
    .all('/api/auth/*', (c) => identity.handle(c.req.raw))
    .onError((error) => createAnswers(new Headers()).error(report.failed(error, nowhere), 'test'));

  async function auth(path: string, { body, token, cookie, headers = {}, method, address }: Sent = {}): Promise<Reply> {
    const response = await app.request(`${PUBLIC_URL}/api/auth${path}`, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token && { authorization: `Bearer ${token}` }),
        ...(cookie && { cookie, origin: PUBLIC_URL }),
        ...(address && { 'x-test-address': address }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const cookies = response.headers.getSetCookie().map((line) => line.split(';', 1)[0] ?? '');
    return {
      status: response.status,
      body: response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text,
      headers: response.headers,
      token: response.headers.get('set-auth-token') ?? '',
      cookie: cookies.filter((pair) => !pair.endsWith('=')).join('; '),
    };
  }

  function signedUp(reply: Reply): SignedUp {
    if (reply.status !== 200) throw new Error(`sign-up failed: ${reply.status} ${JSON.stringify(reply.body)}`);
    const { user, token } = reply.body;
    return { userId: user.id, email: user.email, name: user.name, token: reply.token, bare: token, cookie: reply.cookie };
  }

  async function resolve(
    headers: Record<string, string>,
    { method = 'GET', door = 'http' as const }: { method?: string; door?: 'http' | 'socket' } = {},
  ) {
    return (await identity.resolve(new Request(`${PUBLIC_URL}/api/chat/me`, { method, headers }), door)).actor;
  }

  return {
    config,
    store,
    clock,
    identity,
    lines,
    changes,
    woken: () => woken,
    auth,
    resolve,
    again,
    async signUp(name, sent) {
      const email = `${name.toLowerCase()}@example.com`;
      return signedUp(await auth('/sign-up/email', { body: { name, email, password: PASSWORD }, ...sent }));
    },
    guest: async () => signedUp(await auth('/sign-in/anonymous', { body: {} })),
    who: (token) => resolve({ authorization: `Bearer ${token}` }),
    async refused(token) {
      try {
        await resolve({ authorization: `Bearer ${token}` });
      } catch (error) {
        if (error instanceof CommandError) return error.code;
        throw error;
      }
      throw new Error('nobody refused');
    },
    async jobs(kind = 'organisation.left') {
      const rows = await store.read.select().from(store.tables.outbox);
      return rows.filter((row) => row.kind === kind).map((row) => row.payload);
    },
  };
}

/** The one row that fits. */
export function only<T>(rows: T[]): T {
  if (rows.length !== 1) throw new Error(`expected one row, there are ${rows.length}`);
  return rows[0] as T;
}
