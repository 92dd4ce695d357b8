import { expect } from 'bun:test';
import { scenarios, type Scene } from '../support/scenario.ts';

async function group({ server }: Scene, settings?: Record<string, unknown>) {
  const [ann, ben, cem] = await Promise.all([server.person('Ann'), server.person('Ben'), server.person('Cem')]);
  const created = await ann.must('conversation.create', { title: 'Team', memberIds: [ben.userId], ...(settings && { settings }) });
  return { ann, ben, cem, conversationId: created.id as string };
}

const typesOf = (events: { type: string }[]): string[] => events.map((event) => event.type);

scenarios('Members', (scenario) => {
  scenario('whoever is added hears everything from then on, and starts with nothing unread', async (scene) => {
    const { ann, ben, cem, conversationId } = await group(scene);
    await ann.must('message.send', { conversationId, content: 'before' });
    const [theirs, newcomer] = [await ben.connect(), await cem.connect()];
    const added = await ann.must('member.add', { conversationId, userIds: [cem.userId, ben.userId] }, scene.door);
    expect(added.items.map((member: any) => member.userId).sort()).toEqual([ben.userId, cem.userId].sort());
    expect(await theirs.news()).toMatchObject([
      { type: 'member.added', conversationId, rev: 3, data: { userId: cem.userId, role: 'member', user: { name: 'Cem' } } },
      { type: 'message.created', rev: 4, data: { type: 'system', seq: 2, metadata: { event: 'member_added', userIds: [cem.userId] } } },
    ]);
    expect(typesOf(await newcomer.news())).toEqual([
      'member.added',
      'message.created',
      'conversation.created',
      'membership.updated',
      'notification.created',
    ]);
    await ann.must('message.send', { conversationId, content: 'after' });
    expect(await newcomer.news()).toMatchObject([{ type: 'message.created', rev: 5 }]);
    const seen = await cem.must('conversation.get', { conversationId }, scene.door);
    expect(seen).toMatchObject({ memberCount: 3, membership: { unread: 1, readSeq: 2 } });
    expect((await cem.must('message.list', { conversationId }, scene.door)).items).toHaveLength(3);
  });

  scenario('where history begins with joining, the past stays hidden everywhere', async (scene) => {
    const { ann, cem, conversationId } = await group(scene, { history: 'joined' });
    const past = await ann.must('message.send', { conversationId, content: 'past' });
    await ann.must('member.add', { conversationId, userId: cem.userId }, scene.door);
    await ann.must('message.send', { conversationId, content: 'present' });
    const contents = (list: any[]): string[] => list.filter((message) => message.type === 'text').map((message) => message.content);
    expect(contents((await cem.must('message.list', { conversationId }, scene.door)).items)).toEqual(['present']);
    expect(contents((await cem.must('conversation.changes', { conversationId, since: 0 }, scene.door)).items)).toEqual(['present']);
    expect(contents((await cem.must('sync', {}, scene.door)).messages[conversationId].items)).toEqual(['present']);
    expect(await cem.by(scene.door, 'message.get', { messageId: past.id })).toMatchObject({ ok: false, error: { code: 'not_found' } });
    expect(await cem.by(scene.door, 'message.send', { conversationId, content: 'x', replyToId: past.id })).toMatchObject({
      ok: false,
      error: { details: [{ path: 'replyToId' }] },
    });
  });

  scenario('whoever is removed hears of it and then no more, over every door', async (scene) => {
    const { ann, ben, conversationId } = await group(scene);
    const theirs = await ben.connect();
    await ann.must('member.remove', { conversationId, userId: ben.userId }, scene.door);
    await ann.must('message.send', { conversationId, content: 'without you' });
    expect(await theirs.news()).toEqual([
      { type: 'member.removed', conversationId, rev: 2, data: { userId: ben.userId, by: ann.userId } },
      { type: 'notification.removed', data: { ids: [expect.any(String)], unread: 0 } },
    ]);
    expect(await ben.by(scene.door, 'message.send', { conversationId, content: 'still here?' })).toMatchObject({
      ok: false,
      error: { code: 'not_found' },
    });
    expect(await ben.must('sync', { conversations: { [conversationId]: 1 } }, scene.door)).toMatchObject({
      removed: [conversationId],
      conversations: [],
    });
    await ann.must('member.add', { conversationId, userId: ben.userId });
    expect(await ben.must('conversation.get', { conversationId }, scene.door)).toMatchObject({ membership: { unread: 0 } });
  });

  scenario('the last owner hands over before leaving; the last member takes the group along', async (scene) => {
    const { ann, ben, conversationId } = await group(scene);
    expect(await ann.by(scene.door, 'member.remove', { conversationId, userId: 'me' })).toMatchObject({ ok: false, error: { code: 'last_owner' } });
    expect(await ann.by(scene.door, 'member.update', { conversationId, userId: ann.userId, role: 'member' })).toMatchObject({
      ok: false,
      error: { code: 'last_owner' },
    });
    const theirs = await ben.connect();
    await ann.must('member.update', { conversationId, userId: ben.userId, role: 'owner' }, scene.door);
    await ann.must('member.remove', { conversationId, userId: 'me' }, scene.door);
    expect(await theirs.news()).toMatchObject([
      { type: 'member.updated', rev: 2, data: { userId: ben.userId, role: 'owner' } },
      { type: 'membership.updated', data: { membership: { role: 'owner' }, capabilities: { delete: true } } },
      { type: 'member.removed', rev: 3, data: { userId: ann.userId, by: ann.userId } },
      { type: 'message.created', rev: 4, data: { metadata: { event: 'member_left' } } },
    ]);
    await ben.must('member.remove', { conversationId, userId: 'me' }, scene.door);
    expect(typesOf(await theirs.news())).toEqual(['conversation.deleted', 'notification.removed']);
  });

  scenario('two owners who leave at once do not leave the group without one', async (scene) => {
    const { ann, ben, cem, conversationId } = await group(scene);
    await ann.must('member.add', { conversationId, userId: cem.userId });
    await ann.must('member.update', { conversationId, userId: ben.userId, role: 'owner' });
    const answers = await Promise.all([
      ann.by(scene.door, 'member.remove', { conversationId, userId: 'me' }),
      ben.by(scene.door, 'member.remove', { conversationId, userId: 'me' }),
    ]);
    expect(answers.map((answer) => (answer.ok ? 'left' : answer.error.code)).sort()).toEqual(['last_owner', 'left']);
  });

  scenario('roles rule downwards only', async (scene) => {
    const { ann, ben, cem, conversationId } = await group(scene);
    await ann.must('member.add', { conversationId, userId: cem.userId, role: 'observer' });
    const refused = { ok: false, error: { code: 'forbidden' } };
    expect(await cem.by(scene.door, 'message.send', { conversationId, content: 'x' })).toMatchObject(refused);
    expect(await cem.by(scene.door, 'typing.set', { conversationId, typing: true })).toMatchObject(refused);
    expect(await ben.by(scene.door, 'member.remove', { conversationId, userId: cem.userId })).toMatchObject(refused);
    await ann.must('member.update', { conversationId, userId: ben.userId, role: 'admin' });
    expect(await ben.by(scene.door, 'member.update', { conversationId, userId: cem.userId, role: 'owner' })).toMatchObject(refused);
    expect(await ben.by(scene.door, 'member.remove', { conversationId, userId: ann.userId })).toMatchObject(refused);
    await ben.must('member.update', { conversationId, userId: cem.userId, role: 'member' }, scene.door);
    const list = await ben.must('member.list', { conversationId }, scene.door);
    expect(Object.fromEntries(list.items.map((member: any) => [member.user.name, [member.role, member.capabilities.remove]]))).toEqual({
      Ann: ['owner', false],
      Ben: ['admin', false],
      Cem: ['member', true],
    });
  });

  scenario('only admins post where the group says so', async (scene) => {
    const { ann, ben, conversationId } = await group(scene, { posting: 'admins', inviting: 'admins' });
    expect(await ben.by(scene.door, 'message.send', { conversationId, content: 'x' })).toMatchObject({ ok: false, error: { code: 'forbidden' } });
    expect(await ben.by(scene.door, 'member.add', { conversationId, userId: ann.userId })).toMatchObject({ ok: false, error: { code: 'forbidden' } });
    expect(await ann.by(scene.door, 'message.send', { conversationId, content: 'x' })).toMatchObject({ ok: true });
  });

  scenario('where settings change what somebody may do, they are told what that is; nobody else is', async (scene) => {
    const { ann, ben, conversationId } = await group(scene);
    const [hers, his] = [await ann.connect(), await ben.connect()];
    const set = (settings: object) => ann.must('conversation.update', { conversationId, settings }, scene.door);
    await set({ posting: 'admins' });
    expect(typesOf(await hers.news())).toEqual(['conversation.updated']);
    const [changed, mine] = await his.news();
    const { membership, peer, capabilities } = await ben.must('conversation.get', { conversationId });
    expect(changed?.type).toBe('conversation.updated');
    expect(mine).toEqual({ type: 'membership.updated', conversationId, data: { membership, peer, capabilities } });
    expect(capabilities.post).toBe(false);
    await set({ posting: 'members', history: 'joined' });
    expect(await his.news()).toMatchObject([{}, { type: 'membership.updated', data: { capabilities: { post: true } } }]);
    await set({ history: 'all' });
    expect(typesOf(await his.news())).toEqual(['conversation.updated']);
    const { createdAt } = await ben.must('message.send', { conversationId, content: 'x' });
    await his.news();
    await set({ slowModeSeconds: 30 });
    expect(await his.news()).toMatchObject([{}, { type: 'membership.updated', data: { membership: { nextSendAt: createdAt + 30_000 } } }]);
  });

  scenario('pages of members are complete', async (scene) => {
    const { ann, conversationId } = await group(scene);
    const first = await ann.must('member.list', { conversationId, limit: 1 }, scene.door);
    const second = await ann.must('member.list', { conversationId, limit: 1, cursor: first.cursor }, scene.door);
    expect(new Set([...first.items, ...second.items].map((member: any) => member.user.name))).toEqual(new Set(['Ann', 'Ben']));
    expect(second.cursor).toBeNull();
  });

  scenario('leaving an organisation leaves its conversations, and a group finds an heir', async (scene) => {
    const { ann, ben, conversationId } = await group(scene);
    const { store } = scene.server.app.ports;
    const { member, outbox } = store.tables;
    const theirs = await ben.connect();
    await store.tx(async (db) => {
      const { eq } = await import('drizzle-orm');
      await db.delete(member).where(eq(member.userId, ann.userId));
      const now = scene.server.clock.now();
      await db.insert(outbox).values({
        id: crypto.randomUUID(),
        kind: 'organisation.left',
        payload: { orgId: scene.server.orgId, userId: ann.userId },
        dueAt: now,
        createdAt: now,
      });
    });
    scene.server.app.ports.wakeOutbox();
    await theirs.event('message.created', (event) => event.data.metadata.event === 'member_left');
    expect(await theirs.news()).toMatchObject([
      { type: 'member.updated', data: { userId: ben.userId, role: 'owner' } },
      { type: 'membership.updated', data: { membership: { role: 'owner' }, capabilities: { delete: true } } },
      { type: 'member.removed', data: { userId: ann.userId } },
      { type: 'message.created', data: { sender: { id: ann.userId } } },
    ]);
    expect(await ben.must('conversation.get', { conversationId }, scene.door)).toMatchObject({ memberCount: 1, membership: { role: 'owner' } });
  });
});
