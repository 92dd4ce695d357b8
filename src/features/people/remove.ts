import { and, eq } from 'drizzle-orm';
import { defineCommand } from '../../kernel/command.ts';
import { fail } from '../../kernel/errors.ts';
import { highestRole, mayGiveRole, requireOrganisation } from '../../kernel/organisation-policy.ts';
import { personRemoveInput } from '../../wire/person.ts';
import { REMOVED } from './enrol.ts';
import { findPerson } from './find.ts';
import { lockOrganisation, requireOtherOwner } from './owners.ts';

export const personRemove = defineCommand({
  name: 'person.remove',
  summary: 'Remove a person from the organisation',
  description:
    'At once they reach nothing of it, and soon after they leave its conversations and hear no more of its people; what they wrote stays. People of your application cannot sign in any more, JWT or not, until `person.upsert` creates them again. The keys of a bot end with it.',
  http: [{ method: 'delete', path: '/people/:userId', status: 204 }],
  input: personRemoveInput,
  limit: 'write',
  mode: 'write',
  audited: true,
  examples: [{ summary: 'Remove', input: { userId: '{other}' } }],
  allow: (ctx, { orgId }) => requireOrganisation(ctx.actor, orgId, 'managePeople'),
  async run(ctx, { userId: ref }, orgId) {
    const { member, user } = ctx.tables;
    await lockOrganisation(ctx, orgId);
    const person = await findPerson(ctx, orgId, ref);
    const theirs = and(eq(member.userId, person.id), eq(member.organizationId, orgId));
    const [membership] = await ctx.db.select({ role: member.role }).from(member).where(theirs);
    if (!membership) return;
    const role = highestRole(membership.role);
    if (person.id === ctx.actor.userId) fail('forbidden', 'Nobody removes themselves like this.');
    if (person.kind === 'bot' && ctx.actor.grant) fail('forbidden', 'Keys may not remove bots, because the keys of a bot end with it.');
    if (role !== 'member' && !mayGiveRole(ctx.actor, orgId, role, 'member'))
      fail('forbidden', ctx.actor.grant ? 'The key lacks the scope people:roles.' : 'Only owners may remove admins and owners.');
    if (role === 'owner') await requireOtherOwner(ctx, orgId, person.id);
    await ctx.db.delete(member).where(theirs);
    // Their next token would make a member of them again, so somebody who is of this organisation alone is shut out.
    if (person.externalOrgId === orgId && person.banned !== true)
      await ctx.db.update(user).set({ banned: true, banReason: REMOVED }).where(eq(user.id, person.id));
    ctx.about({ orgId, targetIds: [person.id] });
    ctx.effects.job('organisation.left', { orgId, userId: person.id });
    ctx.effects.recheck(person.id);
  },
});
