import { expect } from 'bun:test';
import { eq } from 'drizzle-orm';
import { scenarios, type Scene } from '../support/scenario.ts';

async function group({ server }: Scene, settings = {}) {
  const [ann, ben] = await Promise.all([server.person('Ann'), server.person('Ben')]);
  const { id: conversationId } = await ann.must('conversation.create', { title: 'T', memberIds: [ben.userId], settings });
  const { id: messageId } = await ann.must('message.send', { conversationId, content: 'Saturday at ten' });
  return { ann, ben, conversationId: conversationId as string, messageId: messageId as string };
}

scenarios(
  'Pins',
  (scenario) => {
    scenario('a pin is in the message and in the list, announced once; the same again changes nothing', async (scene) => {
      const { ann, ben, conversationId, messageId } = await group(scene);
      const hers = await ann.connect();
      const first = await ben.by(scene.door, 'pin.add', { messageId });
      expect(first).toMatchObject({ ok: true, data: { id: messageId, rev: 3, pinned: { by: ben.userId, at: scene.server.clock.now() } } });
      const again = await ann.by(scene.door, 'pin.add', { messageId });
      if (scene.door === 'http') expect([first.status, again.status]).toEqual([201, 200]);
      expect(await hers.news()).toMatchObject([
        { type: 'message.updated', conversationId, rev: 3, data: { id: messageId, editedAt: null, pinned: { by: ben.userId } } },
      ]);
      expect((await ann.must('pin.list', { conversationId }, scene.door)).items).toMatchObject([{ id: messageId, pinned: { by: ben.userId } }]);
      await ann.must('pin.remove', { messageId }, scene.door);
      await ann.must('pin.remove', { messageId }, scene.door);
      expect(await hers.news()).toMatchObject([{ type: 'message.updated', rev: 4, data: { id: messageId, pinned: null } }]);
      expect((await ann.must('pin.list', { conversationId }, scene.door)).items).toEqual([]);
    });

    scenario('whoever was away finds the pin with the changed messages; the one pinned last is first', async (scene) => {
      const { ann, ben, conversationId, messageId } = await group(scene);
      const other = await ann.must('message.send', { conversationId, content: 'Bring cake' });
      await ann.must('pin.add', { messageId: other.id });
      scene.server.clock.advance(5);
      await ann.must('pin.add', { messageId });
      const back = await ben.must('sync', { conversations: { [conversationId]: 3 } }, scene.door);
      expect(back.messages[conversationId].items).toMatchObject([
        { id: other.id, pinned: { by: ann.userId } },
        { id: messageId, pinned: { by: ann.userId } },
      ]);
      expect((await ben.must('pin.list', { conversationId }, scene.door)).items.map((message: any) => message.id)).toEqual([messageId, other.id]);
    });

    scenario('who may pin is the setting of the conversation', async (scene) => {
      const { ann, ben, conversationId, messageId } = await group(scene, { pinning: 'admins' });
      expect(await ben.by(scene.door, 'pin.add', { messageId })).toMatchObject({ ok: false, error: { code: 'forbidden' } });
      await ann.must('pin.add', { messageId }, scene.door);
      expect(await ben.by(scene.door, 'pin.remove', { messageId })).toMatchObject({ ok: false, error: { code: 'forbidden' } });
      expect((await ben.must('conversation.get', { conversationId })).capabilities.pin).toBe(false);
    });

    scenario('a deleted message is pinned no longer, and neither it nor a system message can be', async (scene) => {
      const { ann, conversationId, messageId } = await group(scene);
      await ann.must('pin.add', { messageId });
      await ann.must('message.delete', { messageId }, scene.door);
      expect((await ann.must('pin.list', { conversationId }, scene.door)).items).toEqual([]);
      expect((await ann.must('message.get', { messageId })).pinned).toBeNull();
      const { store } = scene.server.app.ports;
      expect(await store.read.$count(store.tables.pin, eq(store.tables.pin.conversationId, conversationId))).toBe(0);
      expect(await ann.by(scene.door, 'pin.add', { messageId })).toMatchObject({ ok: false, error: { code: 'forbidden' } });
      await ann.must('conversation.update', { conversationId, title: 'Other' });
      const { items } = await ann.must('message.list', { conversationId });
      expect(await ann.by(scene.door, 'pin.add', { messageId: items.at(-1).id })).toMatchObject({ ok: false, error: { code: 'forbidden' } });
    });

    scenario('as many as the limit, not one more, also when they come at once', async (scene) => {
      const { ann, conversationId, messageId } = await group(scene);
      const ids = [messageId];
      for (const n of [1, 2, 3]) ids.push((await ann.must('message.send', { conversationId, content: `${n}` })).id);
      const answers = await Promise.all(ids.map((id) => ann.by(scene.door, 'pin.add', { messageId: id })));
      expect(answers.filter((answer) => answer.ok)).toHaveLength(2);
      expect(answers.find((answer) => !answer.ok)).toMatchObject({ error: { code: 'invalid_input', details: [{ limit: 2 }] } });
    });
  },
  { pinsMax: 2 },
);
