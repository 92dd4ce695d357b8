import { and, eq, inArray, isNull } from 'drizzle-orm';
import type { Ctx } from '../../kernel/command.ts';
import { topics } from '../../kernel/effects.ts';
import { conversationCapabilities } from '../../kernel/policy.ts';
import { memberRole, type MemberRole } from '../../wire/conversations.ts';
import type { ConversationRow } from './access.ts';
import { viewOwn } from './view.ts';

/** Settings of a group changed: members who may do more or less than before are told, each what holds for them. */
export async function tellCapabilities(ctx: Ctx, before: ConversationRow, now: ConversationRow): Promise<void> {
  const roles = memberRole.options.filter((role) => isOtherFor(role, before, now));
  if (roles.length === 0) return;
  const { conversationMember: member } = ctx.tables;
  const members = await ctx.db
    .select()
    .from(member)
    .where(and(eq(member.conversationId, now.id), isNull(member.leftAt), inArray(member.role, roles)));
  for (const row of members) {
    ctx.effects.publish(topics.person(row.userId), { type: 'membership.updated', conversationId: now.id, data: viewOwn(now, row, null) });
  }
}

function isOtherFor(role: MemberRole, before: ConversationRow, now: ConversationRow): boolean {
  // Only members wait in slow mode; when they may send again follows from it.
  if (role === 'member' && before.slowModeSeconds !== now.slowModeSeconds) return true;
  const may = (conversation: ConversationRow): string => JSON.stringify(conversationCapabilities(conversation, { role, blocked: false }));
  return may(before) !== may(now);
}
