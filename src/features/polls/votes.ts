import { and, asc, eq } from 'drizzle-orm';
import type { PollState } from '../../db/tables/messages.ts';
import type { Ctx } from '../../kernel/command.ts';
import { fail } from '../../kernel/errors.ts';
import type { MessageView } from '../../wire/messages.ts';
import type { Access } from '../conversations/access.ts';
import { changing } from '../conversations/change.ts';
import { announceChange } from '../messages/announce.ts';
import { lockReadable } from '../messages/lock.ts';
import { selectMessages, viewMessageFor, type MessageRow } from '../messages/view.ts';
import { lowWaterOf } from '../receipts/low-water.ts';
import { withOwnVotes } from './own.ts';

export type PollMessage = { message: MessageRow; access: Access; poll: PollState };

/** For `allow`: found and locked. What is deleted or hidden has no poll any longer. */
export async function lockPoll(ctx: Ctx, messageId: string): Promise<PollMessage> {
  const { message, access } = await lockReadable(ctx, messageId);
  if (message.deletedAt !== null) fail('forbidden', 'The message was deleted.');
  return { message, access, poll: message.poll ?? fail('forbidden', 'The message is no poll.') };
}

/** The rows are the truth; the message carries them added up, so that its events and every page tell it without a further query. */
export async function savePoll(ctx: Ctx, { message: { id }, access }: PollMessage, poll: PollState): Promise<void> {
  const { message } = ctx.tables;
  const change = changing(ctx, access.conversation);
  await ctx.db
    .update(message)
    .set({ poll, rev: change.nextRev() })
    .where(and(eq(message.id, id), eq(message.conversationId, access.conversation.id)));
  await change.save();
  await announceChange(ctx, access, id, 'message.updated');
}

export async function viewPoll(ctx: Ctx, { message: { id, conversationId }, access }: PollMessage): Promise<MessageView> {
  const { message } = ctx.tables;
  const [parts] = await selectMessages(ctx, and(eq(message.id, id), eq(message.conversationId, conversationId)));
  if (!parts) return fail('not_found');
  const [view] = await withOwnVotes(ctx, [viewMessageFor(ctx, access, parts, await lowWaterOf(ctx, conversationId))]);
  return view ?? fail('not_found');
}

/** Who chose this option, those who did first. */
export async function votersOf(ctx: Ctx, { id, conversationId }: MessageRow, optionId: string, max: number): Promise<string[]> {
  const { pollVote } = ctx.tables;
  const rows = await ctx.db
    .select({ userId: pollVote.userId })
    .from(pollVote)
    .where(and(eq(pollVote.conversationId, conversationId), eq(pollVote.messageId, id), eq(pollVote.optionId, optionId)))
    .orderBy(asc(pollVote.votedAt), asc(pollVote.userId))
    .limit(max);
  return rows.map(({ userId }) => userId);
}
