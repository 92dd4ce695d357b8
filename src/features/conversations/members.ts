import { and, eq, isNull } from 'drizzle-orm';
import type { Ctx } from '../../kernel/command.ts';

export async function currentMemberIds(ctx: Ctx, conversationId: string): Promise<string[]> {
  const { conversationMember } = ctx.tables;
  const rows = await ctx.db
    .select({ userId: conversationMember.userId })
    .from(conversationMember)
    .where(and(eq(conversationMember.conversationId, conversationId), isNull(conversationMember.leftAt)));
  return rows.map((row) => row.userId);
}
