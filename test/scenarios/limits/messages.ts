import { expect } from 'bun:test';
import { expectRefused, two, type Trials } from './trial.ts';

const EMOJI = ['👍', '🎉', '😀', '🚀'];

export const messages: Trials = {
  messageMaxCodePoints: {
    says: 'the longest text may be sent and edited in, one code point more may not',
    config: { messageMaxCodePoints: 40 },
    async run(scene, limit) {
      const { ann, ben, conversationId } = await two(scene);
      const sent = await ann.must('message.send', { conversationId, content: '😀'.repeat(limit) }, scene.door);
      await ann.must('message.edit', { messageId: sent.id, content: '👍'.repeat(limit) }, scene.door);
      const content = '😀'.repeat(limit + 1);
      expectRefused(await ann.by(scene.door, 'message.send', { conversationId, content }), 'content', limit);
      expectRefused(await ann.by(scene.door, 'message.sendDirect', { receiverId: ben.userId, content }), 'content', limit);
      expectRefused(await ann.by(scene.door, 'message.edit', { messageId: sent.id, content }), 'content', limit);
    },
  },
  messageMetadataMaxBytes: {
    says: 'metadata of that size is kept with messages and conversations, one byte more is refused',
    config: { messageMetadataMaxBytes: 100 },
    async run(scene, limit) {
      const { ann, ben, conversationId } = await two(scene);
      const metadata = (bytes: number) => ({ k: 'é'.repeat(10).padEnd(bytes - '{"k":""}'.length - 10, 'x') });
      expect(Buffer.byteLength(JSON.stringify(metadata(limit)))).toBe(limit);
      const { id } = await ann.must('conversation.create', { title: 'T', metadata: metadata(limit) }, scene.door);
      const tries: [string, Record<string, unknown>][] = [
        ['message.send', { conversationId, content: 'x' }],
        ['message.sendDirect', { receiverId: ben.userId, content: 'x' }],
        ['conversation.update', { conversationId: id }],
        ['conversation.create', { title: 'T' }],
      ];
      for (const [command, input] of tries) {
        await ann.must(command, { ...input, metadata: metadata(limit) }, scene.door);
        expectRefused(await ann.by(scene.door, command, { ...input, metadata: metadata(limit + 1) }), 'metadata', limit);
      }
    },
  },
  messageEditWindowMs: {
    says: 'an author may edit that long, and not a millisecond longer',
    config: { messageEditWindowMs: 5_000 },
    async run(scene, limit) {
      const { ann, conversationId } = await two(scene);
      const { id: messageId } = await ann.must('message.send', { conversationId, content: 'x' });
      scene.server.clock.advance(limit);
      await ann.must('message.edit', { messageId, content: 'y' }, scene.door);
      scene.server.clock.advance(1);
      expect(await ann.by(scene.door, 'message.edit', { messageId, content: 'z' })).toMatchObject({ ok: false, error: { code: 'forbidden' } });
      expect(await ann.must('message.get', { messageId })).toMatchObject({ capabilities: { edit: false } });
    },
  },
  messageDeleteWindowMs: {
    says: 'an author may delete that long, and not a millisecond longer',
    config: { messageDeleteWindowMs: 5_000 },
    async run(scene, limit) {
      const { ann, conversationId } = await two(scene);
      const [one, two_] = [
        await ann.must('message.send', { conversationId, content: 'x' }),
        await ann.must('message.send', { conversationId, content: 'y' }),
      ];
      scene.server.clock.advance(limit);
      await ann.must('message.delete', { messageId: one.id }, scene.door);
      scene.server.clock.advance(1);
      expect(await ann.by(scene.door, 'message.delete', { messageId: two_.id })).toMatchObject({ ok: false, error: { code: 'forbidden' } });
    },
  },
  replyPreviewCodePoints: {
    says: 'a quoted text of that length is shown whole, a longer one is cut',
    config: { replyPreviewCodePoints: 10 },
    async run(scene, limit) {
      const { ann, conversationId } = await two(scene);
      for (const [content, shown] of [
        ['😀'.repeat(limit), '😀'.repeat(limit)],
        ['😀'.repeat(limit + 1), `${'😀'.repeat(limit - 1)}…`],
      ] as const) {
        const quoted = await ann.must('message.send', { conversationId, content });
        expect(await ann.must('message.send', { conversationId, content: 'x', replyToId: quoted.id }, scene.door)).toMatchObject({
          replyTo: { content: shown },
        });
      }
    },
  },
  reactionEmojiMax: {
    says: 'a message takes that many different emoji, and any number of people behind them',
    config: { reactionEmojiMax: 2, reactionsPerPersonMax: 10 },
    async run(scene, limit) {
      const { ann, ben, conversationId } = await two(scene);
      const { id: messageId } = await ann.must('message.send', { conversationId, content: 'x' });
      for (const emoji of EMOJI.slice(0, limit)) await ann.must('reaction.add', { messageId, emoji }, scene.door);
      expectRefused(await ben.by(scene.door, 'reaction.add', { messageId, emoji: EMOJI[limit] }), 'emoji', limit);
      await ben.must('reaction.add', { messageId, emoji: EMOJI[0] }, scene.door);
    },
  },
  reactionsPerPersonMax: {
    says: 'a person reacts to a message that often, and others still may',
    config: { reactionsPerPersonMax: 2 },
    async run(scene, limit) {
      const { ann, ben, conversationId } = await two(scene);
      const { id: messageId } = await ann.must('message.send', { conversationId, content: 'x' });
      for (const emoji of EMOJI.slice(0, limit)) await ann.must('reaction.add', { messageId, emoji }, scene.door);
      expectRefused(await ann.by(scene.door, 'reaction.add', { messageId, emoji: EMOJI[limit] }), 'emoji', limit);
      await ben.must('reaction.add', { messageId, emoji: EMOJI[limit] }, scene.door);
    },
  },
  reactionsPerMessageMax: {
    says: 'a message takes that many reactions of all people together',
    config: { reactionsPerMessageMax: 3 },
    async run(scene, limit) {
      const { ann, ben, conversationId } = await two(scene);
      const { id: messageId } = await ann.must('message.send', { conversationId, content: 'x' });
      await ben.must('reaction.add', { messageId, emoji: EMOJI[0] }, scene.door);
      for (const emoji of EMOJI.slice(0, limit - 1)) await ann.must('reaction.add', { messageId, emoji }, scene.door);
      expectRefused(await ben.by(scene.door, 'reaction.add', { messageId, emoji: EMOJI[1] }), 'emoji', limit);
      await ann.must('reaction.remove', { messageId, emoji: EMOJI[0] }, scene.door);
      await ben.must('reaction.add', { messageId, emoji: EMOJI[1] }, scene.door);
    },
  },
};
