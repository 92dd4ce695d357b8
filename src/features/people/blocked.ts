import { and, asc, eq, inArray, or } from 'drizzle-orm';
import { forUpdate } from '../../db/lock.ts';
import type { Ctx } from '../../kernel/command.ts';

type Looking = Pick<Ctx, 'db' | 'tables' | 'actor'>;

/** Whom of these people the actor blocks, and who of them blocks the actor. */
export async function blocksBetween(ctx: Looking, userIds: string[]): Promise<{ byMe: Set<string>; ofMe: Set<string> }> {
  const { block } = ctx.tables;
  const me = ctx.actor.userId;
  if (userIds.length === 0) return { byMe: new Set(), ofMe: new Set() };
  const rows = await ctx.db
    .select()
    .from(block)
    .where(or(and(eq(block.blockerId, me), inArray(block.blockedId, userIds)), and(eq(block.blockedId, me), inArray(block.blockerId, userIds))));
  return {
    byMe: new Set(rows.filter((row) => row.blockerId === me).map((row) => row.blockedId)),
    ofMe: new Set(rows.filter((row) => row.blockedId === me).map((row) => row.blockerId)),
  };
}

/**
 * Until the end of the transaction nobody blocks, unblocks or starts a direct conversation between the actor and this
 * person: each of the three takes these two rows first, in the order of their ids, and looks afterwards. So a conversation
 * that begins while one of them blocks is either not begun or found and blocked.
 */
export async function lockPair(ctx: Ctx, userId: string): Promise<void> {
  const { user } = ctx.tables;
  await forUpdate(
    ctx.db
      .select({ id: user.id })
      .from(user)
      .where(inArray(user.id, [ctx.actor.userId, userId]))
      .orderBy(asc(user.id)),
    user,
  );
}
