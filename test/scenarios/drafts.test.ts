import { expect } from 'bun:test';
import { scenarios } from '../support/scenario.ts';

scenarios(
  'Drafts',
  (scenario) => {
    scenario('a draft is on all devices of its writer, also of one that was away, and nobody else sees it', async ({ server, door }) => {
      const [ann, ben] = await Promise.all([server.person('Ann'), server.person('Ben')]);
      const { id: conversationId, rev } = await ann.must('conversation.create', { userId: ben.userId });
      const [hers, his] = [await ann.connect(), await ben.connect()];
      const draft = { content: 'I wanted to', replyToId: null, threadId: null, updatedAt: server.clock.now() };
      expect(await ann.must('draft.set', { conversationId, content: 'I wanted to' }, door)).toEqual({ draft });
      expect(await hers.news()).toMatchObject([{ type: 'membership.updated', conversationId, data: { membership: { draft } } }]);
      expect(await his.news()).toEqual([]);
      expect((await ann.must('sync', { conversations: { [conversationId]: rev } }, door)).marks[conversationId].membership.draft).toEqual(draft);
      expect((await ann.must('conversation.get', { conversationId }, door)).membership.draft).toEqual(draft);
      expect(JSON.stringify(await ben.must('sync', {}, door))).not.toContain('I wanted to');
    });

    scenario('an empty one takes it away', async ({ server, door }) => {
      const ann = await server.person('Ann');
      const { id: conversationId } = await ann.must('conversation.create', { title: 'T' });
      const { id: messageId } = await ann.must('message.send', { conversationId, content: 'x' });
      await ann.must('draft.set', { conversationId, content: 'x', replyToId: messageId, threadId: messageId }, door);
      expect((await ann.must('conversation.get', { conversationId })).membership.draft).toMatchObject({ replyToId: messageId, threadId: messageId });
      expect(await ann.must('draft.set', { conversationId, content: '' }, door)).toEqual({ draft: null });
      expect((await ann.must('conversation.get', { conversationId }, door)).membership.draft).toBeNull();
    });

    scenario('it may be as long as a message, and is gone with the membership', async ({ server, door }) => {
      const [ann, ben] = await Promise.all([server.person('Ann'), server.person('Ben')]);
      const { id: conversationId } = await ann.must('conversation.create', { title: 'T', memberIds: [ben.userId] });
      await ben.must('draft.set', { conversationId, content: '😀'.repeat(20) }, door);
      expect(await ben.by(door, 'draft.set', { conversationId, content: '😀'.repeat(21) })).toMatchObject({
        ok: false,
        error: { code: 'invalid_input', details: [{ path: 'content', limit: 20 }] },
      });
      await ann.must('member.remove', { conversationId, userId: ben.userId });
      expect(await ben.by(door, 'draft.set', { conversationId, content: 'x' })).toMatchObject({ ok: false, error: { code: 'not_found' } });
      await ann.must('member.add', { conversationId, userIds: [ben.userId] });
      expect((await ben.must('conversation.get', { conversationId }, door)).membership.draft).toBeNull();
    });
  },
  { messageMaxCodePoints: 20 },
);
