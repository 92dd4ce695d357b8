import { afterAll, beforeAll, expect, test } from 'bun:test';
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

test('answers carry a request id and headers that keep browsers from doing anything with them', async () => {
  const response = await ask('/me');
  expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(response.headers.get('ratelimit-limit')).toBe('6000');
  expect(Number(response.headers.get('ratelimit-remaining'))).toBeLessThan(6000);
});

test('other sites may use the API from a browser only where they are listed', async () => {
  const from = async (origin: string): Promise<(string | null)[]> => {
    const response = await ask('/me', { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'GET' } });
    return [response.headers.get('access-control-allow-origin'), response.headers.get('access-control-allow-credentials')];
  };
  expect(await from('https://app.test')).toEqual(['https://app.test', 'true']);
  expect((await from('https://evil.test'))[0]).toBeNull();
});

test('a Host header that names no host is refused, at every address; it was taken for a failure of ours', async () => {
  for (const host of ['a b', 'a/b', 'a: b', 'é', ''])
    for (const path of ['/api/chat/me', '/api/chat/ws', '/api/auth/get-session', '/api/docs', '/healthz', '/'])
      expect(await refusal(await fetch(`${server.url}${path}`, { headers: { host } }))).toEqual([400, 'invalid_input']);
});
