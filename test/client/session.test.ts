import { describe, expect, test } from 'bun:test';
import { routes, type CommandName } from '../../src/client/commands.ts';
import { AuthError, createClient, type ClientOptions } from '../../src/client/index.ts';
import { request } from '../../src/client/http.ts';
import { commands } from '../../src/features/index.ts';
import { createFakeServer, me, quiet, type FakeServer } from './fake-server.ts';

type Answers = Record<string, () => Response>;

/** A client without a token, and a server that answers these paths. */
function fresh(server: FakeServer, answers: Answers, browser = false, options: ClientOptions = {}) {
  const headers: Record<string, string>[] = [];
  const ports = {
    ...server.ports,
    browser,
    async fetch(url: string, init: RequestInit) {
      if (!server.up) throw new TypeError('fetch failed');
      headers.push(Object.fromEntries(new Headers(init.headers)));
      const answer = answers[`${init.method} ${new URL(url).pathname}`];
      if (!answer) throw new Error(`the test did not say what ${init.method} ${url} answers`);
      return answer();
    },
  };
  return { client: createClient({ url: 'https://chat.test', ports, ...options }), headers };
}

const account = { name: 'Ann', email: 'ann@example.com', password: 'correct horse' };

describe('signing in', () => {
  test('outside a browser keeps the token in memory and shows it from then on', async () => {
    const server = createFakeServer();
    const { client, headers } = fresh(server, {
      'POST /api/auth/sign-up/email': () => Response.json({}, { headers: { 'set-auth-token': 'fresh' } }),
      'GET /api/chat/me': () => Response.json(me),
    });
    await client.start();
    expect(client.get().session).toBe('signed-out');
    await client.signUp(account);
    await quiet();
    expect(client.get()).toMatchObject({ session: 'signed-in', me: { name: 'Ann' } });
    expect(headers.at(-1)?.['authorization']).toBe('Bearer fresh');
    expect(server.connections[0]?.headers).toEqual({ authorization: 'Bearer fresh' });
  });

  test('says where it comes from: Node looks like a page to the server, and a page without an origin is refused', async () => {
    const server = createFakeServer();
    const answers = { 'POST /api/auth/sign-in/email': () => Response.json({}), 'GET /api/auth/get-session': () => Response.json(null) };
    const { client, headers } = fresh(server, answers);
    await client.signIn(account);
    expect(headers[0]?.['origin']).toBe('https://chat.test');
    const page = fresh(server, answers, true);
    await page.client.signIn(account);
    expect(page.headers[0]).not.toHaveProperty('origin');
  });

  test('in a browser never touches the token', async () => {
    const server = createFakeServer();
    const { client, headers } = fresh(
      server,
      {
        'POST /api/auth/sign-in/email': () => Response.json({ token: 'fresh' }, { headers: { 'set-auth-token': 'fresh' } }),
        'GET /api/auth/get-session': () => Response.json({ user: {} }),
        'GET /api/chat/me': () => Response.json(me),
      },
      true,
    );
    await client.signIn(account);
    await quiet();
    expect(client.get().session).toBe('signed-in');
    expect(headers.some((sent) => 'authorization' in sent)).toBe(false);
    expect(server.connections[0]?.headers).toEqual({});
  });

  test.each([
    [{ code: 'INVALID_EMAIL_OR_PASSWORD', message: 'no', error: { code: 'unauthenticated', message: 'no' } }, 'INVALID_EMAIL_OR_PASSWORD'],
    [{ error: { code: 'rate_limited', message: 'too many' } }, 'rate_limited'],
    ['<html>', 'internal'],
  ])('that is refused says why: %j', async (body, code) => {
    const server = createFakeServer();
    const { client } = fresh(server, { 'POST /api/auth/sign-in/email': () => Response.json(body, { status: 401, headers: { 'retry-after': '3' } }) });
    const refused: unknown = await client.signIn(account).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(AuthError);
    expect(refused).toMatchObject({ code, retryAfterMs: 3000 });
  });

  test('a session that nobody has is no error', async () => {
    const server = createFakeServer();
    const { client } = fresh(server, { 'GET /api/auth/get-session': () => Response.json(null) }, true);
    await client.start();
    expect(client.get().session).toBe('signed-out');
  });

  test('waits for a server that is not there yet', async () => {
    const server = createFakeServer();
    server.up = false;
    const client = server.client();
    await client.start();
    expect(client.get()).toMatchObject({ session: 'unknown', connection: { state: 'waiting' } });
    server.up = true;
    server.clock.advance(1_000);
    await quiet();
    expect(client.get().session).toBe('signed-in');
  });

  test('as somebody else in another tab leaves nothing of the first person', async () => {
    const server = createFakeServer();
    const client = await server.connected();
    server.drop();
    server.wake();
    await quiet();
    server.frame({ type: 'hello', data: { userId: 'zoe', heartbeatMs: 30_000, epoch: 'e1' } });
    expect(client.get().conversations.size).toBe(0);
    expect(client.get().me).toBeNull();
  });
});

test('a token that cannot be fetched is fetched again later, like everything else', async () => {
  const server = createFakeServer();
  let tries = 0;
  const client = server.client(() => (tries++ < 2 ? Promise.reject(new TypeError('offline')) : 'fresh'));
  await client.start();
  expect(client.get()).toMatchObject({ session: 'unknown', connection: { state: 'waiting' } });
  server.clock.advance(1_000);
  await quiet();
  expect(client.get().session).toBe('signed-in');
});

describe('a program', () => {
  const answers = { 'GET /api/auth/get-session': () => Response.json({ user: {} }), 'GET /api/chat/me': () => Response.json(me) };
  const headersOf = async (options: { cookie?: string; token?: string; actAs?: string }) => {
    const server = createFakeServer();
    const { client, headers } = fresh(server, answers, false, options);
    await client.start();
    await quiet();
    expect(client.get().session).toBe('signed-in');
    return [headers.at(-1), server.connections[0]?.headers];
  };

  test('shows the cookie of a session on both doors, with the origin of the server', async () => {
    const cookie = { cookie: 'session=1', origin: 'https://chat.test' };
    expect(await headersOf({ cookie: 'session=1' })).toEqual([cookie, cookie]);
  });

  test('with a key says in whose name it acts, on both doors', async () => {
    const acting = { authorization: 'Bearer cw_1', 'act-as': 'ext%3AJ%C3%BCrgen' };
    expect(await headersOf({ token: 'cw_1', actAs: 'ext:Jürgen' })).toEqual([acting, acting]);
  });
});

describe('the routes of the commands', () => {
  const named = new Map(commands.map((command) => [command.name, command]));

  test('are those of the server, for every command of both', () => {
    expect(Object.keys(routes).filter((name) => !named.has(name))).toEqual([]);
    expect([...named.keys()].filter((name) => !(name in routes))).toEqual([]);
    for (const [name, route] of Object.entries(routes)) {
      const served = named.get(name)?.http.flatMap(({ method, path }) => [method].flat().map((verb) => `${verb.toUpperCase()} ${path}`)) ?? [];
      if (route === null) expect(served).toEqual([]);
      else expect(served).toContain(route);
    }
  });

  test.each<[CommandName, Record<string, unknown>, unknown]>([
    ['message.list', { conversationId: 'a/b', before: 7, limit: undefined }, { method: 'GET', path: '/conversations/a%2Fb/messages?before=7' }],
    ['presence.get', { ids: ['x', 'y'] }, { method: 'GET', path: '/online-status?ids=x%2Cy' }],
    ['message.send', { conversationId: 'c', content: 'hi' }, { method: 'POST', path: '/conversations/c/messages', body: { content: 'hi' } }],
    ['member.remove', { conversationId: 'c', userId: 'me' }, { method: 'DELETE', path: '/conversations/c/members/me' }],
  ])('%s puts its input where the route wants it', (name, input, expected) => {
    expect(request(name, input)).toEqual(expected as ReturnType<typeof request>);
  });
});
