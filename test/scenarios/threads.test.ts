import { expect } from 'bun:test';
import { scenarios, type Scene } from '../support/scenario.ts';

async function group({ server }: Scene) {
  const [ann, ben, cem] = await Promise.all([server.person('Ann'), server.person('Ben'), server.person('Cem')]);
  const { id: conversationId } = await ann.must('conversation.create', { title: 'T', memberIds: [ben.userId, cem.userId] });
  const root = await ann.must('message.send', { conversationId, content: 'Where do we eat?' });
  return { ann, ben, cem, conversationId: conversationId as string, threadId: root.id as string };
}

scenarios(
  'Threads',
  (scenario) => {
    scenario('a reply hangs under its message: everybody hears of both, and the conversation does not show it', async (scene) => {
      const { ann, ben, conversationId, threadId } = await group(scene);
      const hers = await ann.connect();
      const sent = await ben.by(scene.door, 'message.send', { conversationId, threadId, content: 'Pizza' });
      expect(sent).toMatchObject({ ok: true, data: { seq: 2, rev: 3, threadId, alsoToConversation: false, thread: null } });
      const { createdAt, id } = (sent as any).data;
      const news = await hers.news();
      expect(news.map(({ type, rev }) => [type, rev])).toEqual([
        ['message.created', 3],
        ['thread.updated', 4],
      ]);
      expect(news[1]).toEqual({
        type: 'thread.updated',
        conversationId,
        rev: 4,
        data: { messageId: threadId, replyCount: 1, lastReplyAt: createdAt },
      });
      const shown = await ann.must('message.list', { conversationId }, scene.door);
      expect(shown.items.map((message: any) => [message.content, message.thread])).toEqual([
        ['Where do we eat?', { replyCount: 1, lastReplyAt: createdAt }],
      ]);
      const thread = await ann.must('message.list', { conversationId, threadId }, scene.door);
      expect(thread.items.map((message: any) => message.id)).toEqual([id]);
    });

    scenario('what is also sent to the conversation stands in both', async (scene) => {
      const { ann, ben, conversationId, threadId } = await group(scene);
      await ben.must('message.send', { conversationId, threadId, content: 'Here only' }, scene.door);
      await ben.must('message.send', { conversationId, threadId, alsoToConversation: true, content: 'Both' }, scene.door);
      const contents = async (input: object): Promise<string[]> =>
        (await ann.must('message.list', { conversationId, ...input }, scene.door)).items.map((message: any) => message.content);
      expect(await contents({})).toEqual(['Where do we eat?', 'Both']);
      expect(await contents({ threadId })).toEqual(['Here only', 'Both']);
    });

    scenario('a list of threads says who wrote in them and what is unread, for each reader', async (scene) => {
      const { ann, ben, cem, conversationId, threadId } = await group(scene);
      const other = await ben.must('message.send', { conversationId, content: 'Another matter' });
      await ben.must('message.send', { conversationId, threadId, content: 'Pizza' });
      scene.server.clock.advance(5);
      const reply = await ann.must('message.send', { conversationId, threadId: other.id, content: 'Yes?' });
      scene.server.clock.advance(5);
      await ben.must('message.send', { conversationId, threadId, content: 'Or sushi' });
      const of = async (person: typeof ann, input = {}): Promise<any[]> =>
        (await person.must('thread.list', { conversationId, ...input }, scene.door)).items;
      const [first, second] = await of(cem);
      expect(first).toMatchObject({
        message: { id: threadId, thread: { replyCount: 2 } },
        readSeq: 0,
        unread: 2,
        participating: false,
        participants: [{ id: ann.userId }, { id: ben.userId }],
        participantCount: 2,
      });
      expect(second).toMatchObject({ message: { id: other.id }, unread: 1, participants: [{ id: ben.userId }, { id: ann.userId }] });
      expect(await of(cem, { participating: true })).toEqual([]);
      expect((await of(ann)).map(({ message, unread }) => [message.id, unread])).toEqual([
        [threadId, 2],
        [other.id, 0],
      ]);
      expect(await ann.must('thread.get', { threadId: other.id }, scene.door)).toMatchObject({ readSeq: reply.seq, unread: 0, participating: true });
      const page = await cem.must('thread.list', { conversationId, limit: 1 }, scene.door);
      const next = await cem.must('thread.list', { conversationId, limit: 1, cursor: page.cursor }, scene.door);
      expect([...page.items, ...next.items].map((thread: any) => thread.message.id)).toEqual([threadId, other.id]);
      expect(next.cursor).toBeNull();
    });

    scenario('reading a thread is told to the own devices alone, never moves back, and leaves the conversation as it is', async (scene) => {
      const { ann, ben, conversationId, threadId } = await group(scene);
      const one = await ben.must('message.send', { conversationId, threadId, content: '1' });
      const two = await ben.must('message.send', { conversationId, threadId, content: '2' });
      const [hers, his] = [await ann.connect(), await ben.connect()];
      expect(await ann.must('thread.read', { threadId, seq: one.seq }, scene.door)).toEqual({ threadId, readSeq: one.seq, unread: 1 });
      expect(await ann.must('thread.read', { threadId }, scene.door)).toEqual({ threadId, readSeq: two.seq, unread: 0 });
      expect(await ann.must('thread.read', { threadId, seq: 1 }, scene.door)).toEqual({ threadId, readSeq: two.seq, unread: 0 });
      expect(await ann.must('thread.read', { threadId: two.id }, scene.door)).toEqual({ threadId: two.id, readSeq: 0, unread: 0 });
      expect(await hers.news()).toEqual([
        { type: 'thread.read', conversationId, data: { threadId, readSeq: one.seq, unread: 1 } },
        { type: 'thread.read', conversationId, data: { threadId, readSeq: two.seq, unread: 0 } },
      ]);
      expect(await his.news()).toEqual([]);
      expect((await ann.must('conversation.get', { conversationId })).membership.unread).toBe(2);
    });

    scenario('a deleted reply counts no more, and whoever was away finds the count as it is', async (scene) => {
      const { ann, ben, conversationId, threadId } = await group(scene);
      const one = await ben.must('message.send', { conversationId, threadId, content: '1' });
      const two = await ben.must('message.send', { conversationId, threadId, content: '2' });
      const hers = await ann.connect();
      await ben.must('message.delete', { messageId: two.id }, scene.door);
      expect(await hers.news()).toMatchObject([
        { type: 'message.deleted', rev: 7, data: { id: two.id, threadId } },
        { type: 'thread.updated', rev: 8, data: { messageId: threadId, replyCount: 1 } },
      ]);
      const back = await ann.must('sync', { conversations: { [conversationId]: 2 } }, scene.door);
      expect(back.messages[conversationId].items.map((message: any) => [message.id, message.rev, message.thread?.replyCount])).toEqual([
        [one.id, 3, undefined],
        [two.id, 7, undefined],
        [threadId, 8, 1],
      ]);
    });

    scenario('there are no threads in threads, under deleted messages, or across conversations', async (scene) => {
      const { ann, ben, conversationId, threadId } = await group(scene);
      const reply = await ben.must('message.send', { conversationId, threadId, content: 'Pizza' });
      const elsewhere = await ann.must('conversation.create', { userId: ben.userId });
      const refused = async (input: object): Promise<unknown> =>
        expect([input, await ann.by(scene.door, 'message.send', { conversationId, content: 'x', ...input })]).toMatchObject([
          input,
          { ok: false, error: { code: 'invalid_input', details: [{ path: Object.keys(input)[0] }] } },
        ]);
      await refused({ threadId: reply.id });
      await refused({ threadId, conversationId: elsewhere.id });
      await refused({ alsoToConversation: true });
      await ann.must('message.delete', { messageId: threadId });
      await refused({ threadId });
      expect((await ann.must('message.list', { conversationId, threadId }, scene.door)).items).toHaveLength(1);
      expect(await ann.by(scene.door, 'message.list', { conversationId: elsewhere.id, threadId })).toMatchObject({
        ok: false,
        error: { code: 'not_found' },
      });
    });

    scenario('a repeat in a thread gets the first answer, even when the message above was deleted since', async (scene) => {
      const { ann, ben, conversationId, threadId } = await group(scene);
      const send = { conversationId, threadId, clientId: 'once', content: 'Pizza' };
      const first = await ben.must('message.send', send, scene.door);
      await ann.must('message.delete', { messageId: threadId });
      const again = await ben.must('message.send', send, scene.door);
      expect([again.id, again.rev]).toEqual([first.id, first.rev]);
      expect((await ann.must('message.get', { messageId: threadId })).thread.replyCount).toBe(1);
    });

    scenario('whoever sees only what came after they joined finds no thread from before', async (scene) => {
      const { ann, ben } = await group(scene);
      const dan = await scene.server.person('Dan');
      const { id: conversationId } = await ann.must('conversation.create', { title: 'T', memberIds: [ben.userId], settings: { history: 'joined' } });
      const root = await ann.must('message.send', { conversationId, content: 'Before' });
      await ann.must('member.add', { conversationId, userIds: [dan.userId] });
      await ben.must('message.send', { conversationId, threadId: root.id, content: 'After' });
      expect((await dan.must('thread.list', { conversationId }, scene.door)).items).toEqual([]);
      expect(await dan.by(scene.door, 'thread.get', { threadId: root.id })).toMatchObject({ ok: false, error: { code: 'not_found' } });
      expect(await dan.by(scene.door, 'message.send', { conversationId, threadId: root.id, content: 'x' })).toMatchObject({ ok: false });
      expect((await dan.must('message.list', { conversationId, limit: 50 }, scene.door)).items).toMatchObject([{ type: 'system' }]);
    });

    scenario('of many who wrote in a thread the first are shown and all are counted', async (scene) => {
      const { ann, ben, cem, conversationId, threadId } = await group(scene);
      for (const person of [ben, cem]) await person.must('message.send', { conversationId, threadId, content: 'x' });
      const thread = await ann.must('thread.get', { threadId }, scene.door);
      expect(thread.participants.map((person: any) => person.name)).toEqual(['Ann', 'Ben']);
      expect(thread.participantCount).toBe(3);
    });
  },
  { threadParticipantsShown: 2 },
);
