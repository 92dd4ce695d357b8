import type { Ctx } from '../../kernel/command.ts';
import { conversationPolicy, outranks } from '../../kernel/policy.ts';
import type { Member, MemberView } from '../../wire/members.ts';
import type { Access, MemberRow } from '../conversations/access.ts';
import { viewPerson } from '../conversations/view.ts';
import type { UserRow } from '../people/find.ts';

const deleted = { name: 'Deleted account', image: null, kind: 'user', externalId: null, statusText: null };

/** The same for every reader. */
export function viewMember(row: Pick<MemberRow, 'userId' | 'role' | 'joinedAt' | 'rev'>, user: UserRow | null): Member {
  const { userId, role, joinedAt, rev } = row;
  return { userId, user: viewPerson(user ?? { id: userId, ...deleted }), role, joinedAt, rev };
}

export function viewMemberFor(ctx: Ctx, { conversation, membership }: Access, row: MemberRow, user: UserRow | null): MemberView {
  const above = row.userId !== ctx.actor.userId && outranks(membership.role, row.role);
  return {
    ...viewMember(row, user),
    capabilities: {
      changeRole: above && conversationPolicy.changeRoles(conversation, membership),
      remove: above && conversationPolicy.removeMembers(conversation, membership),
    },
  };
}
