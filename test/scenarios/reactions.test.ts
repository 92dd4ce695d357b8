import { expect } from 'bun:test';
import { eq } from 'drizzle-orm';
import { scenarios, type Scene } from '../support/scenario.ts';

async function written({ server }: Scene) {
  const [ann, ben] = await Promise.all([server.person('Ann'), server.person('Ben')]);
  const { id: conversationId } = await ann.must('conversation.create', { userId: ben.userId });
  const { id: messageId } = await ann.must('message.send', { conversationId, content: 'Cake?' });
  return { ann, ben, conversationId, messageId };
}

scenarios(
  'Reactions',
  (scenario) => {
    scenario('a reaction is in the message and announced once; the same again changes nothing', async (scene) => {
      const { ann, ben, conversationId, messageId } = await written(scene);
      const hers = await ann.connect();
      const first = await ben.by(scene.door, 'reaction.add', { messageId, emoji: '🎂' });
      expect(first).toMatchObject({
        ok: true,
        data: { id: messageId, rev: 3, reactions: [{ emoji: '🎂', userIds: [ben.userId] }], capabilities: { react: true } },
      });
      const again = await ben.by(scene.door, 'reaction.add', { messageId, emoji: '🎂' });
      if (scene.door === 'http') expect([first.status, again.status]).toEqual([201, 200]);
      await ann.must('reaction.add', { messageId, emoji: '🎂' }, scene.door);
      await ben.must('reaction.add', { messageId, emoji: '👍🏽' }, scene.door);
      expect((await ann.must('message.list', { conversationId }, scene.door)).items[0].reactions).toEqual([
        { emoji: '🎂', userIds: [ben.userId, ann.userId] },
        { emoji: '👍🏽', userIds: [ben.userId] },
      ]);
      expect(await hers.news()).toEqual([
        { type: 'reaction.added', conversationId, rev: 3, data: { messageId, emoji: '🎂', userId: ben.userId } },
        { type: 'reaction.added', conversationId, rev: 4, data: { messageId, emoji: '🎂', userId: ann.userId } },
        { type: 'reaction.added', conversationId, rev: 5, data: { messageId, emoji: '👍🏽', userId: ben.userId } },
      ]);
    });

    scenario('taking it back leaves the others, and whoever was away sees how it is now', async (scene) => {
      const { ann, ben, conversationId, messageId } = await written(scene);
      for (const person of [ann, ben]) await person.must('reaction.add', { messageId, emoji: '❤️' });
      const hers = await ann.connect();
      await ben.must('reaction.remove', { messageId, emoji: '❤️' }, scene.door);
      await ben.must('reaction.remove', { messageId, emoji: '❤️' }, scene.door);
      expect(await hers.news()).toEqual([{ type: 'reaction.removed', conversationId, rev: 5, data: { messageId, emoji: '❤️', userId: ben.userId } }]);
      const back = await ben.must('sync', { conversations: { [conversationId]: 2 } }, scene.door);
      expect(back.messages[conversationId].items).toMatchObject([{ id: messageId, rev: 5, reactions: [{ emoji: '❤️', userIds: [ann.userId] }] }]);
    });

    scenario('the two ways of writing one emoji are one', async (scene) => {
      const { ann, ben, messageId } = await written(scene);
      await ann.must('reaction.add', { messageId, emoji: '❤️' }, scene.door);
      const message = await ben.must('reaction.add', { messageId, emoji: '❤' }, scene.door);
      expect(message.reactions).toEqual([{ emoji: '❤️', userIds: [ann.userId, ben.userId] }]);
      await ben.must('reaction.remove', { messageId, emoji: '❤' }, scene.door);
      expect((await ann.must('message.get', { messageId })).reactions).toEqual([{ emoji: '❤️', userIds: [ann.userId] }]);
    });

    scenario('what is no single emoji is refused, sequences are fine', async (scene) => {
      const { ann, messageId } = await written(scene);
      for (const emoji of ['a', '👍👍', '👍 ', '5', '<b>', '🏳']) {
        const answer = await ann.by(scene.door, 'reaction.add', { messageId, emoji });
        if (emoji === '🏳') expect(answer).toMatchObject({ ok: true });
        else expect([emoji, answer]).toMatchObject([emoji, { ok: false, error: { code: 'invalid_input', details: [{ path: 'emoji' }] } }]);
      }
      for (const emoji of ['👨‍👩‍👧‍👦', '🏴󠁧󠁢󠁳󠁣󠁴󠁿']) expect(await ann.by(scene.door, 'reaction.add', { messageId, emoji })).toMatchObject({ ok: true });
    });

    scenario('limits: emoji of a message, reactions of a person, reactions of all', async (scene) => {
      const { ann, ben, messageId } = await written(scene);
      for (const emoji of ['🍏', '🍐', '🍊']) await ann.must('reaction.add', { messageId, emoji }, scene.door);
      expect(await ann.by(scene.door, 'reaction.add', { messageId, emoji: '🍋' })).toMatchObject({
        ok: false,
        error: { details: [{ path: 'emoji', limit: 3 }] },
      });
      await ben.must('reaction.add', { messageId, emoji: '🍋' }, scene.door);
      expect(await ben.by(scene.door, 'reaction.add', { messageId, emoji: '🍌' })).toMatchObject({
        ok: false,
        error: { details: [{ path: 'emoji', limit: 4 }] },
      });
      await ben.must('reaction.add', { messageId, emoji: '🍏' }, scene.door);
      expect(await ben.by(scene.door, 'reaction.add', { messageId, emoji: '🍐' })).toMatchObject({
        ok: false,
        error: { details: [{ path: 'emoji', limit: 5 }] },
      });
    });

    scenario('a deleted message has no reactions and takes none; strangers and observers cannot react', async (scene) => {
      const { ann, ben, messageId } = await written(scene);
      await ben.must('reaction.add', { messageId, emoji: '🎉' });
      await ann.must('message.delete', { messageId });
      expect((await ben.must('message.get', { messageId }, scene.door)).reactions).toEqual([]);
      expect(await ben.by(scene.door, 'reaction.add', { messageId, emoji: '🎉' })).toMatchObject({ ok: false, error: { code: 'forbidden' } });
      const { store } = scene.server.app.ports;
      expect(await store.read.$count(store.tables.reaction, eq(store.tables.reaction.messageId, messageId))).toBe(0);
      const eve = await scene.server.person('Eve');
      expect(await eve.by(scene.door, 'reaction.add', { messageId, emoji: '🎉' })).toMatchObject({ ok: false, error: { code: 'not_found' } });
      const group = await ann.must('conversation.create', { title: 'News' });
      await ann.must('member.add', { conversationId: group.id, userIds: [eve.userId], role: 'observer' });
      const news = await ann.must('message.send', { conversationId: group.id, content: 'Extra!' });
      expect(await eve.by(scene.door, 'reaction.add', { messageId: news.id, emoji: '🎉' })).toMatchObject({
        ok: false,
        error: { code: 'forbidden' },
      });
    });

    scenario('many at once are all counted', async (scene) => {
      const people = await Promise.all(Array.from({ length: 5 }, (_, i) => scene.server.person(`P${i}`)));
      const [ann, ...others] = people;
      if (!ann) throw new Error('nobody');
      const { id: conversationId } = await ann.must('conversation.create', { title: 'T', memberIds: others.map((person) => person.userId) });
      const { id: messageId } = await ann.must('message.send', { conversationId, content: 'Vote' });
      await Promise.all(people.map((person) => person.must('reaction.add', { messageId, emoji: '🙋' }, scene.door)));
      const { reactions } = await ann.must('message.get', { messageId });
      expect(reactions).toHaveLength(1);
      expect(new Set(reactions[0].userIds)).toEqual(new Set(people.map((person) => person.userId)));
      await Promise.all(people.map((person) => person.disconnect()));
    });
  },
  { reactionEmojiMax: 4, reactionsPerPersonMax: 3, reactionsPerMessageMax: 5 },
);
