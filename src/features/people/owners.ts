import { and, eq, like, ne } from 'drizzle-orm';
import type { Ctx } from '../../kernel/command.ts';
import { fail } from '../../kernel/errors.ts';

/** What is read of the organisation after this stays true until the commit (an update that changes nothing works on both databases). */
export async function lockOrganisation(ctx: Ctx, orgId: string): Promise<void> {
  const { organization } = ctx.tables;
  await ctx.db.update(organization).set({ id: orgId }).where(eq(organization.id, orgId));
}

/** An organisation never stays without an owner. The caller has locked it, so that of two owners who go at once one stays. */
export async function requireOtherOwner(ctx: Ctx, orgId: string, userId: string): Promise<void> {
  const { member } = ctx.tables;
  // better-auth keeps several roles of one person as text with commas.
  const others = and(eq(member.organizationId, orgId), ne(member.userId, userId), like(member.role, '%owner%'));
  if ((await ctx.db.$count(member, others)) === 0)
    fail('last_owner', 'The organisation keeps at least one owner; make somebody else an owner first.');
}
