import { and, eq, inArray } from 'drizzle-orm';
import type { PollState } from '../../db/tables/messages.ts';
import { defineCommand, type Ctx } from '../../kernel/command.ts';
import { topics } from '../../kernel/effects.ts';
import { fail, invalid } from '../../kernel/errors.ts';
import { isClosed } from '../../kernel/policy.ts';
import { messageView } from '../../wire/messages.ts';
import { pollVoteInput } from '../../wire/polls.ts';
import { requirePolicy } from '../conversations/access.ts';
import { lockPoll, savePoll, viewPoll, votersOf, type PollMessage } from './votes.ts';

export const pollVote = defineCommand({
  name: 'poll.vote',
  summary: 'Vote in a poll',
  description:
    'In place of what you chose before; without options you take your vote back. The same again changes nothing. Members may vote also where only admins may post. The votes of people who leave the conversation stay.',
  http: [{ method: 'put', path: '/messages/:messageId/poll/vote' }],
  input: pollVoteInput,
  output: messageView,
  limit: 'write',
  mode: 'write',
  examples: [
    { summary: 'The first option', input: { messageId: '{poll}', optionIds: ['1'] } },
    { summary: 'Taken back', input: { messageId: '{poll}', optionIds: [] } },
  ],
  async allow(ctx, { messageId }) {
    const found = await lockPoll(ctx, messageId);
    requirePolicy(found.access, 'vote');
    if (isClosed(found.poll, ctx.now)) fail('conflict', 'The poll is closed.');
    return found;
  },
  async run(ctx, { messageId, optionIds }, found) {
    const chosen = chosenOf(found.poll, optionIds);
    const { added, dropped, before } = await replaceVotes(ctx, found, chosen);
    if (added.length + dropped.length === 0) ctx.nothingNew();
    else {
      // First, so that a client knows its own vote when it hears of the new count.
      ctx.effects.publish(topics.person(ctx.actor.userId), {
        type: 'poll.voted',
        conversationId: found.message.conversationId,
        data: { messageId, optionIds: chosen },
      });
      const voters = found.poll.voters + (chosen.length > 0 ? 1 : 0) - (before > 0 ? 1 : 0);
      await savePoll(ctx, found, { ...found.poll, voters, options: await countedAnew(ctx, found, added, dropped) });
    }
    return viewPoll(ctx, found);
  },
});

/** In the order of the poll, each once. */
function chosenOf({ options, multiple }: PollState, optionIds: string[]): string[] {
  optionIds.forEach((id, i) => options.some((option) => option.id === id) || invalid(`optionIds.${i}`, 'there is no such option'));
  const chosen = options.flatMap(({ id }) => (optionIds.includes(id) ? [id] : []));
  if (chosen.length > 1 && !multiple) invalid('optionIds', 'one option only', 1);
  return chosen;
}

/** The caller holds the conversation's row, so of two votes of one person the second sees the first. */
async function replaceVotes(ctx: Ctx, { message: { id: messageId, conversationId, orgId } }: PollMessage, chosen: string[]) {
  const { pollVote: table } = ctx.tables;
  const { userId } = ctx.actor;
  const own = and(eq(table.conversationId, conversationId), eq(table.messageId, messageId), eq(table.userId, userId));
  const rows = await ctx.db.select({ optionId: table.optionId }).from(table).where(own);
  const before = rows.map(({ optionId }) => optionId);
  const added = chosen.filter((id) => !before.includes(id));
  const dropped = before.filter((id) => !chosen.includes(id));
  if (dropped.length > 0) await ctx.db.delete(table).where(and(own, inArray(table.optionId, dropped)));
  if (added.length > 0)
    await ctx.db.insert(table).values(added.map((optionId) => ({ messageId, userId, optionId, conversationId, orgId, votedAt: ctx.now })));
  return { added, dropped, before: before.length };
}

/** Only what this vote changes, so that it costs the same however many have voted. */
async function countedAnew(ctx: Ctx, { message, poll }: PollMessage, added: string[], dropped: string[]): Promise<PollState['options']> {
  const max = ctx.config.pollVotersNamedMax;
  const { userId } = ctx.actor;
  const options: PollState['options'] = [];
  for (const option of poll.options) {
    const votes = option.votes + (added.includes(option.id) ? 1 : 0) - (dropped.includes(option.id) ? 1 : 0);
    const named = option.userIds?.filter((id) => id !== userId || !dropped.includes(option.id));
    if (named && added.includes(option.id) && named.length < max) named.push(userId);
    // Somebody left the names, and those who were only counted move up.
    const userIds = named && dropped.includes(option.id) && votes > named.length ? await votersOf(ctx, message, option.id, max) : named;
    options.push({ ...option, votes, ...(userIds && { userIds }) });
  }
  return options;
}
