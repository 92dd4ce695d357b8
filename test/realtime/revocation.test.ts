import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { dialects } from '../support/database.ts';
import { createPerson, type Person } from '../support/person.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { connect } from '../support/socket.ts';

/** Through the front door: real sign-ups, real sessions, better-auth's own endpoints. */
describe('Rights that end, end on live sockets at once', () => {
  let server: TestServer;
  let owner: Person;
  beforeAll(async () => {
    server = await startServer({ dialect: dialects[0] ?? 'sqlite', config: { sessionMaxAgeS: 7_200 } });
    owner = await signUp('Owner');
  });
  afterAll(() => server.stop());

  const auth = (path: string, token: string | null, body?: object): Promise<Response> =>
    fetch(`${server.url}/api/auth${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { ...(token && { authorization: `Bearer ${token}` }), 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });

  async function signUp(name: string): Promise<Person> {
    const email = `${name.toLowerCase()}-${crypto.randomUUID()}@example.com`;
    const response = await auth('/sign-up/email', null, { name, email, password: 'correct horse battery' });
    expect(response.status).toBe(200);
    const { user } = await response.json();
    return createPerson({ userId: user.id, name: email, token: response.headers.get('set-auth-token') ?? '', url: () => server.url });
  }

  const signIn = async (person: Person): Promise<string> => {
    const response = await auth('/sign-in/email', null, { email: person.name, password: 'correct horse battery' });
    return response.headers.get('set-auth-token') ?? '';
  };
  const socketOf = (token: string) => connect(`${server.url.replace('http', 'ws')}/api/chat/ws`, { authorization: `Bearer ${token}` });

  test('the first person owns the default organisation, and people find each other in it', async () => {
    const ann = await signUp('Ann');
    expect(await owner.must('person.me')).toMatchObject({
      organisations: [{ name: 'Everyone', role: 'owner' }],
      capabilities: { createGroup: true },
    });
    expect(await ann.must('person.me')).toMatchObject({ email: ann.name, organisations: [{ name: 'Everyone', role: 'member' }] });
    expect((await ann.must('contact.list', { q: 'own' })).items).toMatchObject([{ id: owner.userId }]);
    const { id } = await ann.must('conversation.create', { userId: owner.userId });
    expect(await owner.must('message.send', { conversationId: id, content: 'Welcome' })).toMatchObject({ seq: 1 });
  });

  test('signing out closes the sockets of that session and no others', async () => {
    const ann = await signUp('Ann');
    const [here, there] = [await socketOf(ann.token), await socketOf(await signIn(ann))];
    await auth('/sign-out', ann.token, {});
    expect((await here.closed).code).toBe(4010);
    expect(await there.call('person.me')).toMatchObject({ ok: true });
    expect(await ann.http('person.me')).toMatchObject({ ok: false, status: 401, error: { code: 'unauthenticated' } });
    await there.close();
  });

  test('a ticket of a session that has ended opens nothing that lasts', async () => {
    const ann = await signUp('Ann');
    const { ticket } = await ann.must('socket.ticket');
    const socket = await connect(`${server.url.replace('http', 'ws')}/api/chat/ws?ticket=${ticket}`);
    await auth('/sign-out', ann.token, {});
    expect((await socket.closed).code).toBe(4010);
  });

  test('a ban closes everything and lets nobody back in', async () => {
    const ann = await signUp('Ann');
    const { id } = await ann.must('conversation.create', { userId: owner.userId });
    const socket = await socketOf(ann.token);
    expect((await auth('/admin/ban-user', owner.token, { userId: ann.userId, banReason: 'spam' })).status).toBe(200);
    expect((await socket.closed).code).toBe(4003);
    expect(await ann.http('message.send', { conversationId: id, content: 'x' })).toMatchObject({ ok: false });
    const again = new WebSocket(`${server.url.replace('http', 'ws')}/api/chat/ws`, {
      headers: { authorization: `Bearer ${ann.token}` },
    } as unknown as string[]);
    const code = await new Promise((resolve) => (again.onclose = (event) => resolve(event.code)));
    expect([4001, 4003]).toContain(code as number);
  });

  test('a revoked API key closes the sockets that were opened with it', async () => {
    const ann = await signUp('Ann');
    const { key, id } = await (await auth('/api-key/create', ann.token, { name: 'robot' })).json();
    const socket = await socketOf(key);
    expect(await socket.call('person.me')).toMatchObject({ ok: true, data: { id: ann.userId } });
    await auth('/api-key/delete', ann.token, { keyId: id });
    expect((await socket.closed).code).toBe(4001);
  });

  test('whoever is removed from the organisation leaves its conversations and hears no more', async () => {
    const ann = await signUp('Ann');
    const { id: conversationId } = await owner.must('conversation.create', { title: 'Staff', memberIds: [ann.userId] });
    const socket = await socketOf(ann.token);
    const [{ id: organizationId }] = (await owner.must('person.me')).organisations;
    const response = await auth('/organization/remove-member', owner.token, { organizationId, memberIdOrEmail: ann.name });
    expect(response.status).toBe(200);
    expect(await ann.http('message.send', { conversationId, content: 'x' })).toMatchObject({ ok: false, error: { code: 'not_found' } });
    expect(await ann.http('conversation.get', { conversationId })).toMatchObject({ ok: false, error: { code: 'not_found' } });
    await socket.event('member.removed', (event) => event.data.userId === ann.userId);
    await owner.must('message.send', { conversationId, content: 'without you' });
    expect((await socket.news()).filter((event) => event.type === 'message.created')).toEqual([]);
    await socket.close();
  });

  test('a refused sign-in has the shape of every other error', async () => {
    const wrong = await auth('/sign-in/email', null, { email: owner.name, password: 'not this one' });
    expect([wrong.status, await wrong.json()]).toMatchObject([
      401,
      { code: 'INVALID_EMAIL_OR_PASSWORD', error: { code: 'unauthenticated', requestId: expect.any(String) } },
    ]);
  });

  test('a session ends on the socket when its time is over', async () => {
    const ann = await signUp('Ann');
    const socket = await socketOf(ann.token);
    server.clock.advance(7_300_000);
    expect((await socket.closed).code).toBe(4001);
  });
});
