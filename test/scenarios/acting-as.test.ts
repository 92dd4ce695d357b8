import { expect } from 'bun:test';
import { newId } from '../../src/lib/id.ts';
import { ban, refused, shop } from '../support/keys.ts';
import { messageRows } from '../support/rows.ts';
import { scenarios } from '../support/scenario.ts';

scenarios('Acting as somebody', (scenario) => {
  scenario('by id and by ext:<id>; whoever was never seen is created in that organisation', async (scene) => {
    const { server, door } = scene;
    const { orgId, owner, by } = await shop(scene);
    const ben = await server.person('Ben', { orgId });
    expect(await by(ben.userId).must('person.me', {}, door)).toMatchObject({ id: ben.userId, kind: 'user', organisations: [{ id: orgId }] });
    const dora = await by('ext:dora').must('person.me', {}, door);
    expect(dora).toMatchObject({ externalId: 'dora', name: 'dora', organisations: [{ id: orgId, role: 'member' }] });
    expect((await by('ext:dora').must('person.me', {}, door)).id).toBe(dora.id);
    expect((await by(encodeURIComponent('ext:Zoë 50%')).must('person.me', {}, door)).externalId).toBe('Zoë 50%');
    expect((await owner.must('contact.list', { q: 'dora' })).items).toMatchObject([{ id: dora.id }]);
    const many = await Promise.all(Array.from({ length: 8 }, () => by('ext:rush').must('person.me')));
    expect(new Set(many.map((me) => me.id)).size).toBe(1);
  });

  scenario('a message is in the name of the person, and its row names the key', async (scene) => {
    const { server, door } = scene;
    const { orgId, by, key } = await shop(scene);
    const ben = await server.person('Ben', { orgId });
    const theirs = await ben.connect();
    const sent = await by('ext:dora').must(
      'message.sendDirect',
      { receiverId: ben.userId, content: 'Your order is on its way', clientId: 'order-1' },
      door,
    );
    const again = await by('ext:dora').must(
      'message.sendDirect',
      { receiverId: ben.userId, content: 'Your order is on its way', clientId: 'order-1' },
      door,
    );
    expect(again.id).toBe(sent.id);
    expect(sent.sender).toMatchObject({ name: 'dora', kind: 'user' });
    expect((await theirs.news()).map(({ type }) => type)).toEqual(['conversation.created', 'membership.updated', 'message.created']);
    expect(await messageRows(server.app.ports.store, sent.conversationId)).toMatchObject([{ senderId: sent.sender.id, apiKeyId: key.id }]);
  });

  scenario('refused: the banned, people of other organisations, the removed, other bots, invented ids, and what is none', async (scene) => {
    const { server, door } = scene;
    const { orgId, owner, by } = await shop(scene);
    const foreign = await server.person('Foreign', { orgId: await server.organisation('Elsewhere') });
    const [banned, leaver] = [await server.person('Ben', { orgId }), await by('ext:leaver').must('person.me')];
    await ban(server, banned.userId);
    await owner.must('person.remove', { userId: leaver.id });
    const other = await owner.must('key.create', { name: 'Other', scopes: ['read'] });
    const names = 'names nobody in this organisation';
    const tries: [string, string, string][] = [
      [banned.userId, 'banned', 'banned'],
      [foreign.userId, 'forbidden', names],
      [newId(), 'forbidden', names],
      ['ext:leaver', 'forbidden', names],
      [leaver.id, 'forbidden', names],
      [other.bot.id, 'forbidden', 'a key of its own'],
      ['ext:', 'forbidden', 'must be a user id'],
      ['%', 'forbidden', 'percent-encoded'],
      [`ext:${'x'.repeat(256)}`, 'forbidden', 'must be a user id'],
    ];
    for (const [actAs, code, message] of tries) {
      expect([actAs, await by(actAs).http('person.me')]).toMatchObject([actAs, { status: 403, ...refused(code, message) }]);
      if (door === 'socket') expect(await by(actAs).refusal()).toContain('the socket closed');
    }
  });

  scenario('it takes the scope, and creating somebody takes another; only keys of organisations may act as somebody', async (scene) => {
    const { server } = scene;
    const { owner } = await shop(scene);
    const plain = await owner.must('key.create', { name: 'Plain', scopes: ['read', 'people:write'] });
    expect(await server.holder(plain.secret, owner.userId).http('person.me')).toMatchObject({
      status: 403,
      ...refused('forbidden', 'people:act-as'),
    });
    const acting = await owner.must('key.create', { name: 'Acting', scopes: ['read', 'people:act-as', 'conversations:write'] });
    await server.holder(acting.secret, owner.userId).must('person.me');
    expect(await server.holder(acting.secret, 'ext:unseen').http('person.me')).toMatchObject({
      status: 403,
      ...refused('forbidden', 'people:write'),
    });
    expect(await server.holder(acting.secret).http('conversation.create', { title: 'T', memberIds: ['ext:unseen'] })).toMatchObject(
      refused('invalid_input'),
    );
    expect(await owner.http('person.me', {}, { 'act-as': owner.userId })).toMatchObject({ status: 403, ...refused('forbidden', 'Act-As') });
  });

  scenario('of somebody who is in two organisations only the one of the key is seen, and no socket would hear the other', async (scene) => {
    const { server, door } = scene;
    const { orgId, by } = await shop(scene);
    const both = await server.person('Bo', { orgId });
    const elsewhere = await shop(scene);
    const colleague = await server.person('Cy', { orgId: elsewhere.orgId });
    const here = await both.must('conversation.create', { title: 'Here' });
    const live = await by(both.userId).connect();
    const { store, apply } = server.app.ports;
    const joined = { id: newId(), organizationId: elsewhere.orgId, userId: both.userId, role: 'member', createdAt: new Date() };
    await store.tx(async (db) => void (await db.insert(store.tables.member).values(joined)));
    apply([{ do: 'recheck', id: both.userId }]);
    expect((await live.closed).code).toBe(4001);
    expect(await by(both.userId).refusal()).toContain('the socket closed');
    const there = await colleague.must('conversation.create', { userId: both.userId });
    const asBoth = by(both.userId);
    expect((await asBoth.must('conversation.list')).items.map((each: any) => each.id)).toEqual([here.id]);
    expect((await asBoth.must('sync')).conversations.map((each: any) => each.id)).toEqual([here.id]);
    for (const [command, input] of [
      ['conversation.get', {}],
      ['message.list', {}],
      ['message.send', { content: 'x' }],
    ] as const)
      expect(await asBoth.http(command, { conversationId: there.id, ...input })).toMatchObject(refused('not_found'));
    expect(await asBoth.http('conversation.create', { title: 'T', orgId: elsewhere.orgId })).toMatchObject(refused('not_found'));
    expect((await both.must('conversation.list', {}, door)).items).toHaveLength(2);
  });

  scenario('a socket that acts as somebody stays theirs, and closes when they are banned', async (scene) => {
    const { server } = scene;
    const { orgId, by } = await shop(scene);
    const ben = await server.person('Ben', { orgId });
    const socket = await by(ben.userId).connect();
    expect(socket.hello.userId).toBe(ben.userId);
    server.clock.advance(20_000);
    expect(await socket.call('person.me')).toMatchObject({ ok: true, data: { id: ben.userId } });
    await ban(server, ben.userId);
    expect((await socket.closed).code).toBe(4003);
  });
});
