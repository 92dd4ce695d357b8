import { afterAll, beforeAll, expect, test } from 'bun:test';
import { dialects } from '../support/database.ts';
import type { Person } from '../support/person.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let ann: Person;
let conversationId: string;
let otherId: string;

beforeAll(async () => {
  server = await startServer({ config: { allowedOrigins: ['https://app.test'], requestMaxBytes: 2_000 } });
  ann = await server.person('Ann');
  const [ben, cem] = await Promise.all([server.person('Ben'), server.person('Cem')]);
  conversationId = (await ann.must('conversation.create', { userId: ben.userId })).id;
  otherId = (await ann.must('conversation.create', { userId: cem.userId })).id;
});
afterAll(() => server.stop());

const json = { 'content-type': 'application/json' };
const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${server.url}/api/chat${path}`, { ...init, headers: { authorization: `Bearer ${ann.token}`, ...init.headers } });
const refusal = async (response: Response): Promise<unknown> => [response.status, (await response.json()).error.code];

test('the path wins over the body, and the header names a message where the body does not', async () => {
  const body = JSON.stringify({ conversationId: otherId, content: 'Where does it go?' });
  const send = () => ask(`/conversations/${conversationId}/messages`, { method: 'POST', headers: { ...json, 'idempotency-key': 'k1' }, body });
  const first = await (await send()).json();
  expect(first).toMatchObject({ conversationId, clientId: 'k1' });
  const again = await send();
  expect([again.status, await again.json()]).toEqual([201, first]);
  const named = JSON.stringify({ content: 'Named', clientId: 'own' });
  const own = await ask(`/conversations/${conversationId}/messages`, { method: 'POST', headers: { ...json, 'idempotency-key': 'k2' }, body: named });
  expect(await own.json()).toMatchObject({ clientId: 'own' });
});

test('what is wrong with a request is said in the shape of every error', async () => {
  const path = `/conversations/${conversationId}/messages`;
  expect(await refusal(await ask(path, { method: 'POST', body: '{"content":"x"}', headers: { 'content-type': 'text/plain' } }))).toEqual([
    415,
    'unsupported_media_type',
  ]);
  expect(await refusal(await ask(path, { method: 'POST', body: '{"content":', headers: json }))).toEqual([400, 'invalid_json']);
  expect(await refusal(await ask(path, { method: 'POST', body: '[1]', headers: json }))).toEqual([400, 'invalid_json']);
  expect(await refusal(await ask(path, { method: 'POST', body: JSON.stringify({ content: 'x'.repeat(2_000) }), headers: json }))).toEqual([
    413,
    'payload_too_large',
  ]);
  expect(await refusal(await ask('/conversations/not-an-id'))).toEqual([400, 'invalid_input']);
  expect(await refusal(await ask('/nowhere'))).toEqual([404, 'not_found']);
  expect(await refusal(await ask(`${path}?limit=many`))).toEqual([400, 'invalid_input']);
  const method = await ask('/sync', { method: 'DELETE' });
  expect([method.headers.get('allow'), await refusal(method)]).toEqual(['POST', [405, 'method_not_allowed']]);
  expect(await refusal(await ask('/me', { headers: { authorization: '' } }))).toEqual([401, 'unauthenticated']);
});

// One database answers in the turn of the request and the other later: the answers leave in different ways.
for (const dialect of dialects)
  test(`a large answer comes whole from ${dialect}, whatever is in it`, async () => {
    const other = await startServer({ dialect });
    try {
      const dee = await other.person('Dee');
      const { id } = await dee.must('conversation.create', { title: 'Large', memberIds: [] });
      const note = 'größer 🎈'.repeat(100);
      for (let i = 0; i < 12; i++)
        await dee.must('message.send', { conversationId: id, content: `é${'x'.repeat(1_500)}`, metadata: { i, note } }, 'socket');
      const get = (method: string): Promise<Response> =>
        fetch(`${other.url}/api/chat/conversations/${id}/messages?limit=50`, { method, headers: { authorization: `Bearer ${dee.token}` } });
      const response = await get('GET');
      const text = await response.text();
      expect(text.length).toBeGreaterThan(20_000);
      expect([response.status, response.headers.get('content-type'), response.headers.get('x-frame-options')]).toEqual([
        200,
        'application/json',
        'DENY',
      ]);
      expect(JSON.parse(text)).toEqual(await dee.must('message.list', { conversationId: id, limit: 50 }, 'socket'));
      const head = await get('HEAD');
      expect([head.status, await head.text()]).toEqual([200, '']);
    } finally {
      await other.stop();
    }
  });

test('a body is refused for its size whether its length is told or not', async () => {
  const path = `/conversations/${conversationId}/messages`;
  const post = (bytes: number, told: boolean): Promise<Response> => {
    const text = JSON.stringify({ content: 'x'.repeat(bytes) });
    return ask(path, { method: 'POST', headers: json, body: told ? text : new Blob([text]).stream() });
  };
  for (const told of [true, false]) {
    expect(await refusal(await post(2_000, told))).toEqual([413, 'payload_too_large']);
    expect((await post(1_000, told)).status).toBe(201);
  }
});

test('answers of every kind carry a request id of their own and headers that keep browsers from doing anything with them', async () => {
  const { id } = await ann.must('message.send', { conversationId, clientId: 'gone', content: 'gone in a moment' });
  const answers = await Promise.all([
    ask('/me'),
    ask(`/messages/${id}`, { method: 'DELETE' }),
    ask('/conversations/not-an-id'),
    ask('/nowhere'),
    ask('/sync', { method: 'DELETE' }),
    ask('/sync', { method: 'POST', body: JSON.stringify({ conversations: {}, text: 'x'.repeat(2_000) }), headers: json }),
    ask('/../auth/get-session'),
    ask('/../auth/sign-in/email', { method: 'POST', body: '{}', headers: json }),
    ask('/../openapi.json'),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([200, 204, 400, 404, 405, 413, 200, 400, 200]);
  for (const { headers } of answers) {
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  }
  expect(new Set(answers.map(({ headers }) => headers.get('x-request-id'))).size).toBe(answers.length);
});

test('what is counted says how much is left, and nothing else does', async () => {
  const { headers } = await ask('/me');
  expect(headers.get('ratelimit-limit')).toBe('6000');
  expect(Number(headers.get('ratelimit-remaining'))).toBeLessThan(6000);
  expect((await ask('/../openapi.json')).headers.get('ratelimit-limit')).toBeNull();
});

test('other sites may use the API from a browser only where they are listed', async () => {
  const from = async (origin: string): Promise<(string | null)[]> => {
    const response = await ask('/me', { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'GET' } });
    return [response.headers.get('access-control-allow-origin'), response.headers.get('access-control-allow-credentials')];
  };
  expect(await from('https://app.test')).toEqual(['https://app.test', 'true']);
  expect((await from('https://evil.test'))[0]).toBeNull();
});

test('the answers themselves, refusals among them, say who may read them', async () => {
  const from = async (origin: string, path: string): Promise<(string | null)[]> => {
    const { headers } = await ask(path, { headers: { origin } });
    return ['access-control-allow-origin', 'access-control-allow-credentials', 'vary', 'x-frame-options'].map((name) => headers.get(name));
  };
  for (const path of ['/me', '/nowhere', '/conversations/not-an-id', '/../auth/get-session']) {
    expect(await from('https://app.test', path)).toEqual(['https://app.test', 'true', 'Origin', 'DENY']);
    expect(await from('https://evil.test', path)).toEqual([null, 'true', 'Origin', 'DENY']);
  }
  const { headers } = await ask('/me', { headers: { origin: 'https://app.test' } });
  expect(headers.get('access-control-expose-headers')?.split(',')).toContain('RateLimit');
});

test('a Host header that names no host is refused, at every address; it was taken for a failure of ours', async () => {
  for (const host of ['a b', 'a/b', 'a: b', 'é', ''])
    for (const path of ['/api/chat/me', '/api/chat/ws', '/api/auth/get-session', '/api/docs', '/healthz', '/'])
      expect(await refusal(await fetch(`${server.url}${path}`, { headers: { host } }))).toEqual([400, 'invalid_input']);
});
