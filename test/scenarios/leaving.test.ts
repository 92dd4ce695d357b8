import { newId } from '../../src/lib/id.ts';
import { expect } from 'bun:test';
import type { Person } from '../support/person.ts';
import { scenarios, type Scene } from '../support/scenario.ts';

/** Ann manages the people of her organisation; Ben and she talk to each other, and Cem is somebody whom Ben watches. */
async function organisation({ server }: Scene) {
  const orgId = await server.organisation('Shop');
  const [ann, ben, cem] = await Promise.all([
    server.person('Ann', { orgId, role: 'owner' }),
    server.person('Ben', { orgId }),
    server.person('Cem', { orgId }),
  ]);
  const { id } = await ann.must('conversation.create', { userId: ben.userId });
  return { orgId, ann, ben, cem, conversationId: id as string };
}

/** Puts somebody into an organisation, as an invitation does. */
async function join({ server }: Scene, orgId: string, { userId }: Person): Promise<void> {
  const { store, apply, clock } = server.app.ports;
  const row = { id: newId(), organizationId: orgId, userId, role: 'member', createdAt: new Date(clock.now()) };
  await store.tx(async (db) => void (await db.insert(store.tables.member).values(row)));
  apply([{ do: 'forget', userId }]);
}

async function remove({ server, door }: Scene, orgId: string, by: Person, { userId }: Person): Promise<void> {
  await by.must('person.remove', { userId, orgId }, door);
  await server.app.jobsDone();
}

scenarios('Leaving an organisation', (scenario) => {
  scenario('ends presence and profiles both ways at once, on open sockets too; what another organisation shares goes on', async (scene) => {
    const { orgId, ann, ben, cem } = await organisation(scene);
    const elsewhere = await scene.server.organisation('Club');
    for (const person of [ben, cem]) await join(scene, elsewhere, person);
    const [hers, his, theirs] = [await ann.connect(), await ben.connect(), await cem.connect()];
    const dan = await scene.server.person('Dan', { orgId });
    await ben.must('presence.watch', { userIds: [cem.userId, dan.userId] }, 'socket');
    await cem.must('presence.watch', { userIds: [ben.userId] }, 'socket');
    for (const socket of [hers, his, theirs]) await socket.everything();

    await remove(scene, orgId, ann, ben);
    const offline = { type: 'presence.updated', data: { userId: ben.userId, status: 'offline', lastActiveAt: null } };
    await hers.event('presence.updated', (event) => Bun.deepEquals(event, offline));
    await his.event('presence.updated', (event) => event.data.userId === dan.userId && event.data.status === 'offline');
    for (const socket of [hers, his, theirs]) await socket.everything();

    for (const person of [ann, ben, cem, dan]) await person.must('person.update', { statusText: `${person.name} is busy` });
    const heard = async (socket: typeof his): Promise<unknown[]> =>
      (await socket.everything()).flatMap(({ type, data }) => (type === 'person.updated' ? [data.name] : []));
    expect([await heard(hers), await heard(his), await heard(theirs)]).toEqual([['Ann'], ['Ben', 'Cem'], ['Ben', 'Cem']]);
  });

  scenario('direct conversations go on for whoever is in it again, whichever of the two writes first', async (scene) => {
    const { orgId, ann, ben, cem, conversationId } = await organisation(scene);
    await ann.must('message.send', { conversationId, content: 'Before' });
    await cem.must('message.sendDirect', { receiverId: ben.userId, content: 'Before' });
    await remove(scene, orgId, ann, ben);
    expect(await ann.by(scene.door, 'message.sendDirect', { receiverId: ben.userId, content: 'Gone?' })).toMatchObject({
      ok: false,
      error: { code: 'not_found' },
    });
    await join(scene, orgId, ben);
    const [hers, his] = [await ann.connect(), await ben.connect()];
    const sent = await ann.must('message.sendDirect', { receiverId: ben.userId, content: 'Welcome back' }, scene.door);
    expect(sent.conversationId).toBe(conversationId);
    expect(await his.news()).toMatchObject([
      { type: 'member.added', conversationId, rev: 5, data: { userId: ben.userId } },
      { type: 'conversation.created', conversationId, rev: 5, data: { memberCount: 2 } },
      { type: 'membership.updated', conversationId, data: { peer: { id: ann.userId }, capabilities: { post: true } } },
      { type: 'message.created', conversationId, rev: 6, data: { content: 'Welcome back' } },
    ]);
    expect((await hers.news()).map(({ type }) => type)).toEqual(['member.added', 'message.created']);
    expect((await ben.must('conversation.get', { conversationId }, scene.door)).membership.unread).toBe(1);
    await ben.must('person.update', { statusText: 'Back' });
    expect(await hers.news()).toMatchObject([{ type: 'person.updated', data: { statusText: 'Back' } }]);

    const again = await ben.must('conversation.create', { userId: cem.userId }, scene.door);
    expect(again).toMatchObject({ kind: 'direct', memberCount: 2, peer: { id: cem.userId }, lastMessage: { type: 'system' } });
    await ben.must('message.send', { conversationId: again.id, content: 'Hello' }, scene.door);
    expect(await cem.must('conversation.get', { conversationId: again.id })).toMatchObject({ lastMessage: { content: 'Hello' } });
  });

  scenario('a block that was there before, or came meanwhile, keeps whoever comes back out', async (scene) => {
    const { orgId, ann, ben, conversationId } = await organisation(scene);
    await ann.must('block.add', { userId: ben.userId });
    await remove(scene, orgId, ann, ben);
    await join(scene, orgId, ben);
    for (const [person, other] of [
      [ann, ben],
      [ben, ann],
    ] as const) {
      expect(await person.by(scene.door, 'conversation.create', { userId: other.userId })).toMatchObject({ ok: false, error: { code: 'forbidden' } });
    }
    await ann.must('block.remove', { userId: ben.userId });
    expect(await ben.must('conversation.create', { userId: ann.userId }, scene.door)).toMatchObject({
      id: conversationId,
      capabilities: { post: true },
    });
  });
});
