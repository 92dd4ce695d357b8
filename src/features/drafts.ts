import { and, eq, inArray, isNull } from 'drizzle-orm';
import { defineCommand, signedIn } from '../kernel/command.ts';
import { topics } from '../kernel/effects.ts';
import { atMost, fail } from '../kernel/errors.ts';
import { codePoints } from '../lib/text.ts';
import { draftSet as draftKept, draftSetInput } from '../wire/drafts.ts';
import { getConversation } from './conversations/view.ts';

export const draftSet = defineCommand({
  name: 'draft.set',
  summary: 'Keep what you have begun to write',
  description:
    'One draft a conversation, yours alone; your other devices hear of it with `membership.updated`, and the last one written counts. Clients set it when typing pauses and empty it when they send.',
  http: [{ method: 'put', path: '/conversations/:conversationId/draft' }],
  input: draftSetInput,
  output: draftKept,
  limit: 'signal',
  mode: 'write',
  examples: [{ summary: 'Begun', input: { conversationId: '{conversation}', content: 'I wanted to ask' } }],
  // The update finds the member's own row, and none for a stranger.
  allow: signedIn,
  async run(ctx, { conversationId, content, replyToId = null, threadId = null }) {
    atMost('content', codePoints(content), ctx.config.messageMaxCodePoints, 'code points');
    const draft = content === '' ? null : { content, replyToId, threadId, updatedAt: ctx.now };
    const { conversationMember: member } = ctx.tables;
    const { userId, orgs } = ctx.actor;
    const [kept] = await ctx.db
      .update(member)
      .set({ draft })
      .where(
        and(eq(member.conversationId, conversationId), eq(member.userId, userId), isNull(member.leftAt), inArray(member.orgId, [...orgs.keys()])),
      )
      .returning();
    const conversation = kept && (await getConversation(ctx, conversationId));
    if (!conversation) return fail('not_found', 'The conversation does not exist, or you are not a member.');
    const { membership, peer, capabilities } = conversation;
    ctx.effects.publish(topics.person(userId), { type: 'membership.updated', conversationId, data: { membership, peer, capabilities } });
    return { draft };
  },
});
