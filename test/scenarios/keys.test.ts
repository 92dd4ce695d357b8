import { expect } from 'bun:test';
import { eq } from 'drizzle-orm';
import { ban, refused, scopes, shop } from '../support/keys.ts';
import { scenarios } from '../support/scenario.ts';

scenarios('Keys of organisations', (scenario) => {
  scenario('an owner or admin creates a key; its secret is shown once and kept as a hash; it acts as its bot', async (scene) => {
    const { server, door } = scene;
    const { orgId, owner } = await shop(scene);
    const admin = await server.person('Adam', { orgId, role: 'admin' });
    const created = await admin.by(door, 'key.create', { name: 'Weather', scopes: ['read', 'messages:write'], bot: { name: 'Weather bot' } });
    if (door === 'http') expect(created.status).toBe(201);
    if (!created.ok) throw new Error(created.error.message);
    const { secret, ...key } = created.data;
    expect(secret).toMatch(/^cw_[\w-]{43}$/);
    expect(key).toMatchObject({
      orgId,
      name: 'Weather',
      start: secret.slice(0, 8),
      scopes: ['read', 'messages:write'],
      bot: { name: 'Weather bot', kind: 'bot', externalId: null },
      createdBy: admin.userId,
      lastUsedAt: null,
      expiresAt: null,
    });
    const { items } = await owner.must('key.list', {}, door);
    expect(items).toHaveLength(2);
    expect(items[1]).toEqual(key);
    const { store } = server.app.ports;
    const [row] = await store.read.select().from(store.tables.apikey).where(eq(store.tables.apikey.id, key.id));
    expect(JSON.stringify(row)).not.toContain(secret.slice(8));
    const bot = server.holder(secret);
    expect(await bot.must('person.me', {}, door)).toMatchObject({
      id: key.bot.id,
      kind: 'bot',
      organisations: [{ id: orgId, role: 'member', capabilities: { managePeople: false, manageKeys: false, readAudit: false } }],
    });
    expect(server.log.some(({ command, keyId, userId }) => command === 'person.me' && keyId === key.id && userId === key.bot.id)).toBe(true);
    const viaHeader = await fetch(`${server.url}/api/chat/me`, { headers: { 'x-api-key': secret } });
    expect(await viaHeader.json()).toMatchObject({ id: key.bot.id });
  });

  scenario('members, guests and keys create none, and nobody in an organisation that is not theirs', async (scene) => {
    const { server, door } = scene;
    const { orgId, by, key } = await shop(scene);
    const input = { name: 'Mine', scopes: ['read'] };
    const guest = await server.person('Guest', { orgId, kind: 'guest' });
    const member = await server.person('Mia', { orgId });
    for (const person of [guest, member]) {
      expect(await person.by(door, 'key.create', input)).toMatchObject(refused('forbidden'));
      expect(await person.by(door, 'key.list')).toMatchObject(refused('forbidden'));
      expect(await person.by(door, 'key.revoke', { keyId: key.id })).toMatchObject(refused('forbidden'));
    }
    expect(await by().by(door, 'key.create', input)).toMatchObject(refused('forbidden'));
    const admin = await server.person('Adam', { orgId, role: 'admin' });
    for (const scope of ['people:act-as', 'people:roles'])
      expect(await admin.by(door, 'key.create', { name: 'Mine', scopes: ['read', scope] })).toMatchObject(refused('forbidden', scope));
    const rival = await server.person('Rival', { orgId: await server.organisation('Rivals'), role: 'owner' });
    expect(await rival.by(door, 'key.create', { ...input, orgId })).toMatchObject(refused('not_found'));
    expect(await rival.by(door, 'key.revoke', { keyId: key.id })).toMatchObject(refused('not_found'));
    expect((await rival.must('key.list', {}, door)).items).toEqual([]);
  });

  scenario('a second key of the same bot takes over without a gap; a person is no bot', async (scene) => {
    const { server, door } = scene;
    const { owner, key } = await shop(scene);
    const next = await owner.must('key.create', { name: 'Back end, new', scopes: ['read'], botId: key.bot.id }, door);
    expect(next.bot).toEqual(key.bot);
    await owner.must('key.revoke', { keyId: key.id }, door);
    expect(await server.holder(key.secret).http('person.me')).toMatchObject({ status: 401, ...refused('unauthenticated') });
    expect(await server.holder(next.secret).must('person.me')).toMatchObject({ id: key.bot.id });
    expect(await owner.by(door, 'key.create', { name: 'x', scopes: ['read'], botId: owner.userId })).toMatchObject(refused('invalid_input'));
  });

  scenario('a revoked key is refused at once, and the sockets opened with it close, whoever they act as', async (scene) => {
    const { door } = scene;
    const { owner, key, by } = await shop(scene);
    const [bot, asOwner] = [by(), by(owner.userId)];
    for (const holder of [bot, asOwner]) await holder.must('person.me');
    const sockets = [await bot.connect(), await asOwner.connect()];
    const own = await owner.connect();
    await owner.must('key.revoke', { keyId: key.id }, door);
    for (const socket of sockets) expect((await socket.closed).code).toBe(4001);
    for (const holder of [bot, asOwner]) expect(await holder.http('person.me')).toMatchObject({ status: 401, ...refused('unauthenticated') });
    await owner.must('key.revoke', { keyId: key.id }, door);
    expect((await owner.must('key.list', {}, door)).items).toEqual([]);
    expect(await own.call('person.me')).toMatchObject({ ok: true });
  });

  scenario('a key ends with its bot: banned, or removed from the organisation', async (scene) => {
    const { server, door } = scene;
    const { owner, by, key } = await shop(scene);
    const removed = await owner.must('key.create', { name: 'Another', scopes });
    const [first, second] = [await by(owner.userId).connect(), await server.holder(removed.secret, owner.userId).connect()];
    await ban(server, key.bot.id);
    expect((await first.closed).code).toBe(4003);
    expect(await by(owner.userId).http('person.me')).toMatchObject({ status: 403, ...refused('banned') });
    await owner.must('person.remove', { userId: removed.bot.id }, door);
    expect((await second.closed).code).toBe(4001);
    expect(await server.holder(removed.secret).http('person.me')).toMatchObject({ status: 401 });
  });

  scenario('an expired key is refused', async (scene) => {
    const { server, door } = scene;
    const { owner } = await shop(scene);
    const expiresAt = server.clock.now() + 60_000;
    const { secret } = await owner.must('key.create', { name: 'Short', scopes: ['read'], expiresAt }, door);
    await server.holder(secret).must('person.me');
    expect(await owner.by(door, 'key.create', { name: 'Late', scopes: ['read'], expiresAt: server.clock.now() })).toMatchObject(
      refused('invalid_input'),
    );
    server.clock.advance(60_000);
    expect(await server.holder(secret).http('person.me')).toMatchObject({ status: 401 });
  });

  scenario('its last use is noted, at most once a minute', async (scene) => {
    const { server } = scene;
    const { owner, by } = await shop(scene);
    const lastUse = async () => (await owner.must('key.list')).items[0].lastUsedAt;
    await by().must('person.me');
    const first = server.clock.now();
    expect(await lastUse()).toBe(first);
    server.clock.advance(59_999);
    await by().must('person.me');
    expect(await lastUse()).toBe(first);
    // Beyond the minute, and beyond what the cache believes.
    server.clock.advance(20_000);
    await by().must('person.me');
    expect(await lastUse()).toBe(first + 79_999);
  });

  scenario('a bot is no way around membership; as a member it posts with its mark, and holds back no receipt', async (scene) => {
    const { server, door } = scene;
    const { orgId, owner, by, key } = await shop(scene);
    const ben = await server.person('Ben', { orgId });
    const { id: conversationId } = await owner.must('conversation.create', { title: 'Team', memberIds: [ben.userId] });
    const bot = by();
    for (const [command, input] of [
      ['conversation.get', {}],
      ['message.list', {}],
      ['message.send', { content: 'let me in' }],
      ['member.add', { userIds: ['me'] }],
    ] as const)
      expect(await bot.by(door, command, { conversationId, ...input })).toMatchObject(refused('not_found'));
    await owner.must('member.add', { conversationId, userIds: [key.bot.id] });
    const sent = await bot.must('message.send', { conversationId, content: 'Sunny' }, door);
    expect(sent.sender).toMatchObject({ id: key.bot.id, name: 'Back end', kind: 'bot' });
    const asked = await owner.must('message.send', { conversationId, content: 'Thanks' });
    await ben.must('read.mark', { conversationId });
    expect(await owner.must('message.get', { messageId: asked.id })).toMatchObject({ status: 'read' });
  });
});
