import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { eq } from 'drizzle-orm';
import { endpointRules } from '../../src/cli/permissions.ts';
import { scopeTable } from '../../src/wire/keys.ts';
import { orgRole, type OrgRole } from '../../src/wire/person.ts';
import { dialects, type Dialect } from '../support/database.ts';
import { startServer, type TestServer } from '../support/server.ts';

type Answer = { status: number; body: any };

for (const dialect of dialects) describe(`What nobody gets by way of /api/auth on ${dialect}`, () => escalationOn(dialect));

function escalationOn(dialect: Dialect): void {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({ dialect });
  });
  afterAll(() => server.stop());

  async function auth(path: string, headers: Record<string, string>, body?: object): Promise<Answer> {
    const response = await fetch(`${server.url}/api/auth${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { ...headers, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : JSON.parse(text) };
  }
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

  /** Somebody with a real session, as a member of the organisation with this role. */
  async function member(orgId: string, role: OrgRole) {
    const person = await server.person(role, { orgId, role });
    const { store } = server.app.ports;
    const email = `${person.userId}@example.com`;
    const [row] = await store.read.select().from(store.tables.member).where(eq(store.tables.member.userId, person.userId));
    return { ...person, email, memberId: row?.id ?? '', headers: bearer(person.token) };
  }

  async function roleOf(userId: string): Promise<string | undefined> {
    const { store } = server.app.ports;
    const [row] = await store.read.select().from(store.tables.member).where(eq(store.tables.member.userId, userId));
    return row?.role;
  }

  async function organisation() {
    const orgId = await server.organisation('Shop');
    const owner = await member(orgId, 'owner');
    const key = await owner.must('key.create', { name: 'all', scopes: Object.keys(scopeTable) });
    return { orgId, owner, key };
  }

  /** One call for each rule of docs/permissions.md, against a member who is there for this. */
  const bodies: Record<string, (orgId: string, target: { email: string; memberId: string }, says: string) => object | undefined> = {
    '/organization/invite-member': (organizationId) => ({ organizationId, email: `${crypto.randomUUID()}@example.com`, role: 'member' }),
    '/organization/update-member-role': (organizationId, { memberId }, says) => ({
      organizationId,
      memberId,
      role: says.includes('owner') ? 'owner' : 'admin',
    }),
    '/organization/remove-member': (organizationId, { memberId }) => ({ organizationId, memberIdOrEmail: memberId }),
    '/organization/list-members': () => undefined,
    '/organization/update': (organizationId) => ({ organizationId, data: { name: 'Renamed' } }),
    '/organization/delete': (organizationId) => ({ organizationId }),
  };

  for (const { says, path, roles } of endpointRules) {
    test(`${says} (${path}): ${roles.join(' and ')}, and nobody else`, async () => {
      const allowed: string[] = [];
      for (const role of orgRole.options) {
        const orgId = await server.organisation('Rules');
        await member(orgId, 'owner');
        const [who, target] = [await member(orgId, role), await member(orgId, 'member')];
        const body = bodies[path]?.(orgId, target, says);
        const { status } = await auth(body ? path : `${path}?organizationId=${orgId}`, who.headers, body);
        if (status === 200) allowed.push(role);
        else expect([role, status >= 400 && status < 500]).toEqual([role, true]);
      }
      expect(allowed).toEqual([...roles]);
    });
  }

  test('members and admins make no owners, of themselves or others, and do not touch those who are', async () => {
    const { orgId, owner } = await organisation();
    const [admin, plain] = [await member(orgId, 'admin'), await member(orgId, 'member')];
    for (const who of [admin, plain]) {
      for (const target of [who, plain])
        for (const role of ['owner', 'member,owner', ['member', 'owner']])
          expect(
            (await auth('/organization/update-member-role', who.headers, { organizationId: orgId, memberId: target.memberId, role })).status,
          ).not.toBe(200);
      const demoted = { organizationId: orgId, memberId: owner.memberId, role: 'member' };
      expect((await auth('/organization/update-member-role', who.headers, demoted)).status).not.toBe(200);
      expect((await auth('/organization/remove-member', who.headers, { organizationId: orgId, memberIdOrEmail: owner.memberId })).status).not.toBe(
        200,
      );
      const invited = { organizationId: orgId, email: 'friend@example.com', role: 'owner' };
      expect((await auth('/organization/invite-member', who.headers, invited)).status).not.toBe(200);
      expect((await auth('/organization/add-member', who.headers, { organizationId: orgId, userId: plain.userId, role: 'owner' })).status).not.toBe(
        200,
      );
      expect((await auth('/admin/set-role', who.headers, { userId: who.userId, role: 'admin' })).status).not.toBe(200);
      expect((await auth('/admin/list-users', who.headers)).status).not.toBe(200);
      expect((await auth('/update-user', who.headers, { role: 'admin', kind: 'system', externalId: 'x' })).status).not.toBe(200);
    }
    expect([await roleOf(owner.userId), await roleOf(admin.userId), await roleOf(plain.userId)]).toEqual(['owner', 'admin', 'member']);
  });

  test('a key of an organisation is nobody below /api/auth, also in the name of the owner', async () => {
    const { orgId, owner, key } = await organisation();
    const shown: Record<string, string>[] = [
      bearer(key.secret),
      { 'x-api-key': key.secret },
      { ...bearer(key.secret), 'act-as': owner.userId },
      { 'x-api-key': key.secret, 'act-as': owner.userId },
    ];
    for (const headers of shown) {
      expect(await auth('/get-session', headers)).toEqual({ status: 200, body: null });
      for (const [path, body] of [
        ['/organization/list'],
        [`/organization/list-members?organizationId=${orgId}`],
        ['/organization/invite-member', { organizationId: orgId, email: 'x@example.com', role: 'owner' }],
        ['/organization/update-member-role', { organizationId: orgId, memberId: owner.memberId, role: 'member' }],
        ['/organization/create', { name: 'Mine', slug: `mine-${crypto.randomUUID()}` }],
        ['/api-key/create', { name: 'mine' }],
        ['/api-key/list'],
        ['/admin/list-users'],
        ['/update-user', { name: 'Other' }],
        ['/change-password', { currentPassword: 'x', newPassword: 'a long password' }],
      ] as const)
        expect([path, (await auth(path, headers, body)).status]).toEqual([path, path.includes('list-members') && !('act-as' in headers) ? 403 : 401]);
    }
  });

  test('somebody’s own key is nobody below /api/auth, and makes no keys of the organisation', async () => {
    const { owner } = await organisation();
    const own = await auth('/api-key/create', owner.headers, { name: 'robot' });
    expect(own.status).toBe(200);
    const robot = server.holder(own.body.key);
    expect(await robot.must('person.me')).toMatchObject({
      id: owner.userId,
      organisations: [{ capabilities: { managePeople: true, manageKeys: false } }],
    });
    for (const [command, input] of [
      ['key.create', { name: 'x', scopes: ['read'] }],
      ['key.list', {}],
    ] as const)
      expect(await robot.http(command, input)).toMatchObject({ status: 403, error: { code: 'forbidden', message: 'No key may do this; sign in.' } });
    const [listed] = (await owner.must('key.list')).items;
    expect(await robot.http('key.revoke', { keyId: listed.id })).toMatchObject({ status: 403 });
    for (const headers of [bearer(own.body.key), { 'x-api-key': own.body.key }]) {
      expect((await auth('/api-key/create', headers, { name: 'y' })).status).toBe(401);
      expect((await auth('/organization/list', headers)).status).toBe(401);
    }
  });

  test('what is done with somebody’s own key is attributed to it', async () => {
    const { owner } = await organisation();
    const { body } = await auth('/api-key/create', owner.headers, { name: 'robot' });
    const { id } = await server.holder(body.key).must('conversation.create', { title: 'T' });
    const { items } = await owner.must('audit.list', { keyId: body.id });
    expect(items).toMatchObject([
      { action: 'conversation.create', conversationId: id, actor: { id: owner.userId }, key: { id: body.id, name: 'robot' } },
    ]);
  });

  test('the endpoints for somebody’s own keys find none of an organisation, and make none', async () => {
    const { orgId, owner, key } = await organisation();
    for (const configId of [undefined, 'organisation', 'default']) {
      const chosen = { ...(configId !== undefined && { configId }) };
      const query = configId === undefined ? '' : `&configId=${configId}`;
      expect((await auth(`/api-key/get?id=${key.id}${query}`, owner.headers)).status).toBe(404);
      expect((await auth('/api-key/update', owner.headers, { keyId: key.id, name: 'taken', ...chosen })).status).toBe(404);
      expect((await auth('/api-key/delete', owner.headers, { keyId: key.id, ...chosen })).status).toBe(404);
      expect((await auth(`/api-key/list?organizationId=${orgId}${query}`, owner.headers)).body?.apiKeys ?? []).toEqual([]);
      const made = await auth('/api-key/create', owner.headers, {
        name: 'x',
        organizationId: orgId,
        metadata: { orgId, botId: key.bot.id, createdBy: owner.userId },
        ...chosen,
      });
      if (made.status !== 200) continue;
      const holder = server.holder(made.body.key);
      expect(await holder.must('person.me')).toMatchObject({ id: owner.userId, kind: 'user' });
      expect(await holder.http('person.me', {}, { 'act-as': key.bot.id })).toMatchObject({ status: 403 });
    }
    expect(await server.holder(key.secret).must('person.me')).toMatchObject({ id: key.bot.id, name: 'all' });
    for (const more of [{ permissions: { chat: ['all'] } }, { userId: key.bot.id }]) {
      const { status, body } = await auth('/api-key/create', owner.headers, { name: 'x', ...more });
      if (status === 200) expect(body.referenceId).toBe(owner.userId);
    }
  });

  test('with the organisation its keys go', async () => {
    const { orgId, owner, key } = await organisation();
    expect((await auth('/organization/delete', owner.headers, { organizationId: orgId })).status).toBe(200);
    expect(await server.holder(key.secret).http('person.me')).toMatchObject({ status: 401 });
  });
}
