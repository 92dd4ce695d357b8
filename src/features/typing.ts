import { defineCommand } from '../kernel/command.ts';
import { topics } from '../kernel/effects.ts';
import { typingSetInput } from '../wire/typing.ts';
import { asMember, requirePolicy } from './conversations/access.ts';

export const typingSet = defineCommand({
  name: 'typing.set',
  summary: 'Say that you are typing, or stopped',
  description: 'Repeat it while you type: it ends by itself after TYPING_TTL_MS, when you send, and when the connection goes.',
  http: [{ method: 'post', path: '/conversations/:conversationId/typing', status: 204 }],
  input: typingSetInput,
  limit: 'signal',
  mode: 'read',
  examples: [{ summary: 'Typing', input: { conversationId: '{conversation}', typing: true } }],
  async allow(ctx, input) {
    requirePolicy(await asMember(ctx, input), 'post');
  },
  run(ctx, { conversationId, typing }) {
    const topic = topics.conversation(conversationId);
    const { userId } = ctx.actor;
    if (!typing) return ctx.typing.stop(topic, userId);
    ctx.typing.start(topic, userId, ctx.connectionId, (now) => ({ type: 'typing.updated', conversationId, data: { userId, typing: now } }));
  },
});
