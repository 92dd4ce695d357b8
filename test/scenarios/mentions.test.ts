import { expect } from 'bun:test';
import { eq } from 'drizzle-orm';
import { scenarios, type Scene } from '../support/scenario.ts';

async function group({ server }: Scene, settings = {}) {
  const [ann, ben, cem] = await Promise.all([server.person('Ann'), server.person('Ben'), server.person('Cem')]);
  const { id: conversationId } = await ann.must('conversation.create', { title: 'T', memberIds: [ben.userId, cem.userId], settings });
  return { ann, ben, cem, conversationId: conversationId as string };
}

scenarios(
  'Mentions',
  (scenario) => {
    scenario('people are mentioned by id, whatever the text calls them, and each once', async (scene) => {
      const { ann, ben, conversationId } = await group(scene);
      const his = await ben.connect();
      const sent = await ann.must('message.send', { conversationId, content: 'Hi @Benny', mentions: [ben.userId, ben.userId] }, scene.door);
      expect(sent.mentions).toEqual([ben.userId]);
      expect(await his.news()).toMatchObject([{ type: 'message.created', data: { mentions: [ben.userId] } }]);
      expect((await ben.must('message.list', { conversationId }, scene.door)).items[0].mentions).toEqual([ben.userId]);
      const plain = await ann.must('message.send', { conversationId, content: '@Ben is no mention by itself' }, scene.door);
      expect(plain.mentions).toEqual([]);
    });

    scenario('a person is named by the id that the own application gave them, too', async (scene) => {
      const { ann, ben, conversationId } = await group(scene);
      const { store } = scene.server.app.ports;
      const { user } = store.tables;
      const externalId = `e-${ben.userId}`;
      await store.tx(
        async (db) => void (await db.update(user).set({ externalId, externalOrgId: scene.server.orgId }).where(eq(user.id, ben.userId))),
      );
      expect((await ann.must('message.send', { conversationId, content: '@Ben', mentions: [`ext:${externalId}`] }, scene.door)).mentions).toEqual([
        ben.userId,
      ]);
    });

    scenario('only members can be mentioned, and who is wrong is named', async (scene) => {
      const { ann, ben, conversationId } = await group(scene);
      const eve = await scene.server.person('Eve');
      const answer = await ann.by(scene.door, 'message.send', { conversationId, content: 'x', mentions: [ben.userId, eve.userId] });
      expect(answer).toMatchObject({ ok: false, error: { code: 'invalid_input', details: [{ path: 'mentions.1' }] } });
    });

    scenario('everybody is mentioned by whom the setting lets', async (scene) => {
      const { ann, ben, conversationId } = await group(scene, { mentioningAll: 'admins' });
      expect((await ann.must('message.send', { conversationId, content: '@all', mentions: ['all'] }, scene.door)).mentions).toEqual(['all']);
      const answer = await ben.by(scene.door, 'message.send', { conversationId, content: '@all', mentions: ['all'] });
      expect(answer).toMatchObject({ ok: false, error: { code: 'forbidden' } });
      expect((await ben.must('conversation.get', { conversationId })).capabilities.mentionAll).toBe(false);
      await ann.must('conversation.update', { conversationId, settings: { mentioningAll: 'members' } });
      expect(await ben.by(scene.door, 'message.send', { conversationId, content: '@all', mentions: ['all'] })).toMatchObject({ ok: true });
    });

    scenario('an edit may mention others, and leaves the mentions as they are where it says nothing', async (scene) => {
      const { ann, ben, cem, conversationId } = await group(scene);
      const { id: messageId } = await ann.must('message.send', { conversationId, content: '@Ben', mentions: [ben.userId] });
      expect((await ann.must('message.edit', { messageId, content: '@Ben!' }, scene.door)).mentions).toEqual([ben.userId]);
      const edited = await ann.must('message.edit', { messageId, content: '@Ben!', mentions: [cem.userId] }, scene.door);
      expect(edited).toMatchObject({ rev: 4, mentions: [cem.userId] });
      await ann.must('message.delete', { messageId });
      expect((await ann.must('message.get', { messageId })).mentions).toEqual([]);
    });

    scenario('as many as the limit, not one more', async (scene) => {
      const { ann, ben, cem, conversationId } = await group(scene);
      const mentions = [ben.userId, cem.userId];
      expect(await ann.by(scene.door, 'message.send', { conversationId, content: 'x', mentions })).toMatchObject({ ok: true });
      expect(await ann.by(scene.door, 'message.send', { conversationId, content: 'x', mentions: [...mentions, ann.userId] })).toMatchObject({
        ok: false,
        error: { details: [{ path: 'mentions', limit: 2 }] },
      });
    });

    scenario('a repeat gets the first answer, even when whom it mentions has left since', async (scene) => {
      const { ann, ben, conversationId } = await group(scene);
      const send = { conversationId, clientId: 'once', content: '@Ben', mentions: [ben.userId] };
      const first = await ann.must('message.send', send, scene.door);
      await ann.must('member.remove', { conversationId, userId: ben.userId });
      expect((await ann.must('message.send', send, scene.door)).id).toBe(first.id);
      expect(await ann.by(scene.door, 'message.send', { ...send, mentions: [] })).toMatchObject({ ok: false, error: { code: 'client_id_conflict' } });
    });
  },
  { mentionsMax: 2 },
);
