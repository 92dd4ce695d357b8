import { and, eq, inArray, isNull } from 'drizzle-orm';
import { defineCommand } from '../../kernel/command.ts';
import { topics } from '../../kernel/effects.ts';
import { atMost, fail, invalid } from '../../kernel/errors.ts';
import { mayGrant } from '../../kernel/policy.ts';
import { memberAdd as memberAdded, memberAddInput } from '../../wire/members.ts';
import { inConversation } from '../conversations/access.ts';
import { changing } from '../conversations/change.ts';
import { announceNew, joinMembers } from '../conversations/join.ts';
import { currentMemberIds } from '../conversations/members.ts';
import { notifyAdded } from '../notifications/happenings.ts';
import { enrolNamed } from '../people/enrol.ts';
import { findPeople } from '../people/find.ts';
import { viewMember, viewMemberFor } from './view.ts';

export const memberAdd = defineCommand({
  name: 'member.add',
  summary: 'Add people to a group',
  description: 'Whoever is a member already stays as they are. What new members see of the past is the setting `history` of the group.',
  http: [{ method: 'post', path: '/conversations/:conversationId/members', status: 201 }],
  input: memberAddInput,
  output: memberAdded,
  limit: 'write',
  mode: 'write',
  examples: [{ summary: 'One person', input: { conversationId: '{group}', userIds: ['{other}'] } }],
  allow: inConversation('addMembers'),
  async run(ctx, input, access) {
    const { conversation, membership } = access;
    const { id: conversationId, orgId } = conversation;
    const refs = [...(input.userIds ?? []), ...(input.userId === undefined ? [] : [input.userId])];
    if (refs.length === 0) invalid('userIds', 'name at least one person');
    atMost('userIds', refs.length, ctx.config.membersPerRequestMax, 'people');
    const role = input.role ?? 'member';
    if (role !== 'member' && !mayGrant(membership.role, role)) fail('forbidden', `As ${membership.role} you may not make somebody ${role}.`);
    await enrolNamed(ctx, orgId, refs);
    const named = await findPeople(ctx, orgId, refs, 'userIds');
    const present = new Set(await currentMemberIds(ctx, conversationId));
    const people = named.filter((person) => !present.has(person.id));
    atMost('userIds', present.size + people.length, ctx.config.groupMembersMax, 'members');

    ctx.about({ targetIds: people.map((person) => person.id) });
    if (people.length === 0) ctx.nothingNew();
    else {
      const change = changing(ctx, conversation);
      const joining = people.map((person) => ({ person, rev: change.nextRev() }));
      const historyFromSeq = conversation.history === 'all' ? 1 : conversation.lastSeq + 1;
      const topic = topics.conversation(conversationId);
      // The new members are connected before anything is announced, so they hear of their own joining.
      for (const { person } of joining) ctx.effects.subscribe(person.id, topic);
      for (const { person, rev } of joining) {
        const data = viewMember({ userId: person.id, role, joinedAt: ctx.now, rev }, person);
        ctx.effects.publish(topic, { type: 'member.added', conversationId, rev, data });
      }
      await change.say({ event: 'member_added', userIds: people.map((person) => person.id), names: people.map((person) => person.name) });
      const saved = await change.save({
        memberCount: present.size + people.length,
        historyFromMax: Math.max(conversation.historyFromMax, historyFromSeq),
      });
      await joinMembers(
        ctx,
        saved,
        people.map((person) => ({ userId: person.id, role })),
        historyFromSeq,
      );
      await announceNew(
        ctx,
        saved,
        people.map((person) => person.id),
      );
      await notifyAdded(
        ctx,
        saved,
        people.map((person) => person.id),
      );
    }

    const { conversationMember: table } = ctx.tables;
    const rows = await ctx.db
      .select()
      .from(table)
      .where(
        and(
          eq(table.conversationId, conversationId),
          inArray(
            table.userId,
            named.map((person) => person.id),
          ),
          isNull(table.leftAt),
        ),
      );
    return { items: rows.map((row) => viewMemberFor(ctx, access, row, named.find((person) => person.id === row.userId) ?? null)) };
  },
});
