import { and, eq, inArray } from 'drizzle-orm';
import type { Ctx } from '../../kernel/command.ts';
import type { Message } from '../../wire/messages.ts';

/** Tells the reader what they chose. One query for all polls among the messages, none where there are none. */
export async function withOwnVotes<View extends Message>(ctx: Ctx, views: View[]): Promise<View[]> {
  const polls = views.filter(({ poll }) => poll !== undefined);
  if (polls.length === 0) return views;
  const { pollVote } = ctx.tables;
  const rows = await ctx.db
    .select({ messageId: pollVote.messageId, optionId: pollVote.optionId })
    .from(pollVote)
    .where(
      and(
        inArray(pollVote.conversationId, [...new Set(polls.map(({ conversationId }) => conversationId))]),
        inArray(
          pollVote.messageId,
          polls.map(({ id }) => id),
        ),
        eq(pollVote.userId, ctx.actor.userId),
      ),
    );
  const chosen = Map.groupBy(rows, ({ messageId }) => messageId);
  return views.map((view) => {
    if (!view.poll) return view;
    const ids = new Set(chosen.get(view.id)?.map(({ optionId }) => optionId));
    const mine = view.poll.options.flatMap(({ id }) => (ids.has(id) ? [id] : []));
    return { ...view, poll: { ...view.poll, mine } };
  });
}
