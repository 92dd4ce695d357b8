import { expect } from 'bun:test';
import { scenarios, type Scene } from '../support/scenario.ts';

async function twoPlaces({ server }: Scene) {
  const [ann, ben, cem] = await Promise.all([server.person('Ann'), server.person('Ben'), server.person('Cem')]);
  const { id: from } = await ann.must('conversation.create', { userId: ben.userId });
  const { id: to } = await ben.must('conversation.create', { title: 'Elsewhere', memberIds: [cem.userId] });
  const origin = await ann.must('message.send', { conversationId: from, content: 'Ten it is', metadata: { a: 1 }, mentions: [ben.userId] });
  return { ann, ben, cem, from: from as string, to: to as string, origin };
}

scenarios('Forwarding', (scenario) => {
  scenario('a forwarded message is a copy that names its origin, sent like any other', async (scene) => {
    const { ann, ben, cem, to, origin } = await twoPlaces(scene);
    const his = await cem.connect();
    const answer = await ben.by(scene.door, 'message.forward', { messageId: origin.id, conversationId: to, clientId: 'f1' });
    const forwardedFrom = { messageId: origin.id, sender: { id: ann.userId, name: 'Ann' }, createdAt: origin.createdAt };
    expect(answer).toMatchObject({
      ok: true,
      data: {
        conversationId: to,
        seq: 1,
        clientId: 'f1',
        sender: { id: ben.userId },
        content: 'Ten it is',
        metadata: { a: 1 },
        mentions: [],
        forwardedFrom,
        capabilities: { edit: false, delete: true },
      },
    });
    if (scene.door === 'http') expect(answer.status).toBe(201);
    expect(await his.news()).toMatchObject([{ type: 'message.created', conversationId: to, data: { content: 'Ten it is', forwardedFrom } }]);
    expect((await cem.must('message.list', { conversationId: to }, scene.door)).items).toMatchObject([{ forwardedFrom }]);
  });

  scenario('a repeat gives the same copy, whatever became of the original, and the copy stays as it was', async (scene) => {
    const { ann, ben, cem, to, origin } = await twoPlaces(scene);
    const forward = { messageId: origin.id, conversationId: to, clientId: 'f1' };
    const first = await ben.must('message.forward', forward, scene.door);
    await ann.must('message.edit', { messageId: origin.id, content: 'Eleven' });
    expect((await ben.must('message.forward', forward, scene.door)).id).toBe(first.id);
    await ann.must('message.delete', { messageId: origin.id });
    expect((await cem.must('message.get', { messageId: first.id }, scene.door)).content).toBe('Ten it is');
    expect(await ben.by(scene.door, 'message.edit', { messageId: first.id, content: 'No' })).toMatchObject({
      ok: false,
      error: { code: 'forbidden' },
    });
    await ben.must('message.delete', { messageId: first.id }, scene.door);
    expect(await cem.must('message.get', { messageId: first.id })).toMatchObject({ content: '', forwardedFrom: null });
  });

  scenario('a copy of a copy names where it comes from first', async (scene) => {
    const { ann, ben, cem, to, origin } = await twoPlaces(scene);
    const copy = await ben.must('message.forward', { messageId: origin.id, conversationId: to });
    const { id: third } = await cem.must('conversation.create', { userId: ann.userId });
    const again = await cem.must('message.forward', { messageId: copy.id, conversationId: third }, scene.door);
    expect(again.forwardedFrom).toMatchObject({ messageId: origin.id, sender: { id: ann.userId } });
  });

  scenario('only from where one can read, to where one can post, within the organisation', async (scene) => {
    const { ann, ben, cem, from, to, origin } = await twoPlaces(scene);
    expect(await cem.by(scene.door, 'message.forward', { messageId: origin.id, conversationId: to })).toMatchObject({
      ok: false,
      error: { code: 'not_found' },
    });
    expect(await ann.by(scene.door, 'message.forward', { messageId: origin.id, conversationId: to })).toMatchObject({
      ok: false,
      error: { code: 'not_found' },
    });
    await ben.must('conversation.update', { conversationId: to, settings: { posting: 'admins' } });
    const theirs = await cem.must('message.send', { conversationId: (await cem.must('conversation.create', { title: 'X' })).id, content: 'x' });
    expect(await cem.by(scene.door, 'message.forward', { messageId: theirs.id, conversationId: to })).toMatchObject({
      ok: false,
      error: { code: 'forbidden' },
    });
    const { store } = scene.server.app.ports;
    const other = await scene.server.organisation('Other');
    await store.tx(async (db) => {
      await db
        .insert(store.tables.member)
        .values({ id: `m-${other}`, organizationId: other, userId: ben.userId, role: 'member', createdAt: new Date() });
    });
    scene.server.app.ports.apply([{ do: 'forget', userId: ben.userId }]);
    const { id: abroad } = await ben.must('conversation.create', { title: 'Abroad', orgId: other });
    expect(await ben.by(scene.door, 'message.forward', { messageId: origin.id, conversationId: abroad })).toMatchObject({
      ok: false,
      error: { code: 'forbidden' },
    });
    await ann.must('message.delete', { messageId: origin.id });
    expect(await ben.by(scene.door, 'message.forward', { messageId: origin.id, conversationId: from })).toMatchObject({
      ok: false,
      error: { code: 'forbidden' },
    });
  });
});
