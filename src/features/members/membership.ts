import { and, eq } from 'drizzle-orm';
import { defineCommand } from '../../kernel/command.ts';
import { topics } from '../../kernel/effects.ts';
import { fail } from '../../kernel/errors.ts';
import { membershipUpdate as membershipUpdated, membershipUpdateInput } from '../../wire/members.ts';
import { inConversation } from '../conversations/access.ts';
import { getConversation } from '../conversations/view.ts';

/** A mute without an end: as far as a clock of milliseconds goes. */
const FOREVER = 8_640_000_000_000_000;

export const membershipUpdate = defineCommand({
  name: 'membership.update',
  summary: 'Mute, pin or archive a conversation for yourself',
  description: 'Nobody else sees it; your other devices hear of it.',
  http: [{ method: 'patch', path: '/conversations/:conversationId/membership' }],
  input: membershipUpdateInput,
  output: membershipUpdated,
  limit: 'write',
  mode: 'write',
  examples: [{ summary: 'Pin', input: { conversationId: '{conversation}', pinned: true } }],
  allow: inConversation(),
  async run(ctx, { conversationId, muted, mutedUntil, ...fields }) {
    const { conversationMember: table } = ctx.tables;
    const until = mutedUntil !== undefined ? mutedUntil : muted === undefined ? undefined : muted ? FOREVER : null;
    const set = Object.fromEntries(Object.entries({ ...fields, mutedUntil: until }).filter(([, value]) => value !== undefined));
    if (Object.keys(set).length > 0) {
      await ctx.db
        .update(table)
        .set(set)
        .where(and(eq(table.conversationId, conversationId), eq(table.userId, ctx.actor.userId)));
    }
    const conversation = (await getConversation(ctx, conversationId)) ?? fail('not_found');
    const { membership, peer, capabilities } = conversation;
    if (Object.keys(set).length > 0) {
      ctx.effects.publish(topics.person(ctx.actor.userId), { type: 'membership.updated', conversationId, data: { membership, peer, capabilities } });
    }
    return conversation;
  },
});
