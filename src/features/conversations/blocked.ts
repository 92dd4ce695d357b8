import { and, eq, inArray, isNull } from 'drizzle-orm';
import { alias } from '../../db/alias.ts';
import type { Ctx } from '../../kernel/command.ts';
import { topics } from '../../kernel/effects.ts';
import { lockConversation } from './access.ts';
import { viewOwn } from './view.ts';

/**
 * Closes the direct conversations of the actor with this person to both, or opens them again. The mark is on the
 * membership, where the append looks when it stores a message, so no send slips through that began before the block.
 */
export async function setBlocked(ctx: Ctx, userId: string, blocked: boolean): Promise<void> {
  for (const id of await directsWith(ctx, userId)) {
    const conversation = await lockConversation(ctx, id);
    if (!conversation) continue;
    const { conversationMember: member, user } = ctx.tables;
    const members = await ctx.db.update(member).set({ blocked }).where(eq(member.conversationId, id)).returning();
    const people = await ctx.db
      .select()
      .from(user)
      .where(
        inArray(
          user.id,
          members.map((row) => row.userId),
        ),
      );
    for (const own of members.filter((row) => row.leftAt === null)) {
      const peer = people.find((person) => person.id !== own.userId);
      ctx.effects.publish(topics.person(own.userId), {
        type: 'membership.updated',
        conversationId: id,
        data: viewOwn(conversation, own, peer),
      });
    }
  }
}

/** The direct conversations of the actor with this person, one an organisation, in the order in which they are locked. */
async function directsWith(ctx: Ctx, userId: string): Promise<string[]> {
  const { conversation } = ctx.tables;
  const rows = await ctx.db
    .select({ id: conversation.id })
    .from(conversation)
    .where(eq(conversation.directKey, directKeyOf(ctx.actor.userId, userId)))
    .orderBy(conversation.id);
  return rows.map((row) => row.id);
}

/** Are both still in a direct conversation with each other? */
export async function shareDirect(ctx: Ctx, userId: string): Promise<boolean> {
  const { conversation, conversationMember: mine } = ctx.tables;
  const theirs = alias(mine, 'theirs');
  const [found] = await ctx.db
    .select({ id: conversation.id })
    .from(conversation)
    .innerJoin(mine, and(eq(mine.conversationId, conversation.id), eq(mine.userId, ctx.actor.userId), isNull(mine.leftAt)))
    .innerJoin(theirs, and(eq(theirs.conversationId, conversation.id), eq(theirs.userId, userId), isNull(theirs.leftAt)))
    .where(eq(conversation.directKey, directKeyOf(ctx.actor.userId, userId)))
    .limit(1);
  return found !== undefined;
}

/** The same for both: their ids in order. */
export const directKeyOf = (one: string, other: string): string => [one, other].sort().join(' ');
