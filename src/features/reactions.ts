import { and, eq } from 'drizzle-orm';
import { defineCommand, type Ctx } from '../kernel/command.ts';
import { atMost, fail, invalid } from '../kernel/errors.ts';
import { normaliseEmoji } from '../lib/emoji.ts';
import { messageView, type Message } from '../wire/messages.ts';
import { reactionInput } from '../wire/reactions.ts';
import type { Access } from './conversations/access.ts';
import { changing } from './conversations/change.ts';
import { lockMessage } from './messages/lock.ts';
import { tellReaders } from './messages/readers.ts';
import { selectMessages, viewMessageFor, type MessageRow } from './messages/view.ts';
import { forgetReaction, notifyReaction } from './notifications/happenings.ts';
import { lowWaterOf } from './receipts/low-water.ts';

type Reactions = Message['reactions'];

export const reactionAdd = defineCommand({
  name: 'reaction.add',
  summary: 'React to a message',
  description: 'Several emoji of one person are fine; the same one twice changes nothing.',
  http: [{ method: 'put', path: '/messages/:messageId/reactions/:emoji', status: 201 }],
  input: reactionInput,
  output: messageView,
  limit: 'write',
  mode: 'write',
  examples: [{ summary: 'Thumbs up', input: { messageId: '{message}', emoji: '👍' } }],
  allow: (ctx, { messageId }) => lockMessage(ctx, messageId, 'react'),
  async run(ctx, input, { message, access }) {
    const emoji = normaliseEmoji(input.emoji) ?? invalid('emoji', 'must be one emoji');
    const { userId } = ctx.actor;
    const before = message.reactions.find((reaction) => reaction.emoji === emoji);
    if (before?.userIds.includes(userId)) ctx.nothingNew();
    else {
      checkLimits(ctx, message.reactions, before === undefined);
      const added = { emoji, userIds: [...(before?.userIds ?? []), userId] };
      const reactions = before ? message.reactions.map((reaction) => (reaction === before ? added : reaction)) : [...message.reactions, added];
      const { reaction } = ctx.tables;
      await ctx.db
        .insert(reaction)
        .values({ messageId: message.id, conversationId: message.conversationId, orgId: message.orgId, userId, emoji, createdAt: ctx.now });
      await save(ctx, access, message, reactions, 'reaction.added', emoji);
      await notifyReaction(ctx, message, emoji);
    }
    const [parts] = await selectMessages(ctx, eq(ctx.tables.message.id, message.id));
    return parts ? viewMessageFor(ctx, access, parts, await lowWaterOf(ctx, access.conversation.id)) : fail('not_found');
  },
});

export const reactionRemove = defineCommand({
  name: 'reaction.remove',
  summary: 'Take a reaction back',
  description: 'Your own. Where there is none, nothing changes.',
  http: [{ method: 'delete', path: '/messages/:messageId/reactions/:emoji', status: 204 }],
  input: reactionInput,
  limit: 'write',
  mode: 'write',
  examples: [{ summary: 'No thumbs up', input: { messageId: '{message}', emoji: '👍' } }],
  allow: (ctx, { messageId }) => lockMessage(ctx, messageId, 'react'),
  async run(ctx, input, { message, access }) {
    const emoji = normaliseEmoji(input.emoji) ?? invalid('emoji', 'must be one emoji');
    const { userId } = ctx.actor;
    if (!message.reactions.some((reaction) => reaction.emoji === emoji && reaction.userIds.includes(userId))) return;
    const reactions = message.reactions
      .map((reaction) => (reaction.emoji === emoji ? { emoji, userIds: reaction.userIds.filter((id) => id !== userId) } : reaction))
      .filter((reaction) => reaction.userIds.length > 0);
    const { reaction } = ctx.tables;
    await ctx.db.delete(reaction).where(and(eq(reaction.messageId, message.id), eq(reaction.userId, userId), eq(reaction.emoji, emoji)));
    await save(ctx, access, message, reactions, 'reaction.removed', emoji);
    await forgetReaction(ctx, message.id, emoji);
  },
});

function checkLimits(ctx: Ctx, reactions: Reactions, isNewEmoji: boolean): void {
  const own = reactions.filter((reaction) => reaction.userIds.includes(ctx.actor.userId)).length;
  const all = reactions.reduce((sum, reaction) => sum + reaction.userIds.length, 0);
  if (isNewEmoji) atMost('emoji', reactions.length + 1, ctx.config.reactionEmojiMax, 'different emoji on a message');
  atMost('emoji', own + 1, ctx.config.reactionsPerPersonMax, 'reactions of one person to a message');
  atMost('emoji', all + 1, ctx.config.reactionsPerMessageMax, 'reactions to a message');
}

/** The rows are the truth; the message carries them aggregated, so that reading a page needs no further query. */
async function save(
  ctx: Ctx,
  access: Access,
  message: MessageRow,
  reactions: Reactions,
  type: 'reaction.added' | 'reaction.removed',
  emoji: string,
): Promise<void> {
  const { id: messageId, conversationId } = message;
  const change = changing(ctx, access.conversation);
  const rev = change.nextRev();
  await ctx.db.update(ctx.tables.message).set({ reactions, rev }).where(eq(ctx.tables.message.id, messageId));
  await change.save();
  await tellReaders(ctx, access.conversation, message.seq, { type, conversationId, rev, data: { messageId, emoji, userId: ctx.actor.userId } });
}
