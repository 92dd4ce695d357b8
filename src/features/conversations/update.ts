import { eq } from 'drizzle-orm';
import { defineCommand, type Ctx } from '../../kernel/command.ts';
import { topics } from '../../kernel/effects.ts';
import { fail } from '../../kernel/errors.ts';
import { conversation as conversationView, conversationDeleteInput, conversationUpdateInput } from '../../wire/conversations.ts';
import { removeNotifications } from '../notifications/remove.ts';
import { inConversation, type ConversationRow } from './access.ts';
import { changing } from './change.ts';
import { checkMetadata } from './create.ts';
import { FORGET_JOB } from '../search/indexing.ts';
import { currentMemberIds } from './members.ts';
import { tellCapabilities } from './capabilities.ts';
import { getConversation, viewShared } from './view.ts';

export const conversationUpdate = defineCommand({
  name: 'conversation.update',
  summary: 'Change a group',
  description: 'Title, description, avatar, settings, metadata. Admins and owners.',
  http: [{ method: 'patch', path: '/conversations/:conversationId' }],
  input: conversationUpdateInput,
  output: conversationView,
  limit: 'write',
  mode: 'write',
  examples: [{ summary: 'Another title', input: { conversationId: '{group}', title: 'Sunday match' } }],
  allow: inConversation('update'),
  async run(ctx, input, { conversation }) {
    checkMetadata(ctx, input.metadata);
    const { conversationId, settings, ...fields } = input;
    const set = onlyChanged(conversation, { ...fields, ...settings });
    if (Object.keys(set).length > 0) {
      const change = changing(ctx, conversation);
      const rev = change.nextRev();
      const titled = set.title !== undefined;
      const updated = { ...conversation, ...set, rev, updatedAt: ctx.now };
      ctx.effects.publish(topics.conversation(conversationId), { type: 'conversation.updated', conversationId, rev, data: viewShared(updated) });
      if (titled) await change.say({ event: 'title_changed', title: updated.title });
      await tellCapabilities(ctx, conversation, await change.save(set));
    }
    return (await getConversation(ctx, conversationId)) ?? fail('not_found');
  },
});

export const conversationDelete = defineCommand({
  name: 'conversation.delete',
  summary: 'Delete a group with everything in it',
  description: 'For everybody, for good. Owners only; direct conversations are archived instead.',
  http: [{ method: 'delete', path: '/conversations/:conversationId', status: 204 }],
  input: conversationDeleteInput,
  limit: 'write',
  mode: 'write',
  examples: [{ summary: 'Delete', input: { conversationId: '{group}' } }],
  allow: inConversation('delete'),
  run: (ctx, _, { conversation }) => deleteConversation(ctx, conversation),
});

export async function deleteConversation(ctx: Ctx, { id }: ConversationRow): Promise<void> {
  const topic = topics.conversation(id);
  ctx.effects.publish(topic, { type: 'conversation.deleted', conversationId: id, data: { id } });
  for (const userId of await currentMemberIds(ctx, id)) ctx.effects.unsubscribe(userId, topic);
  await removeNotifications(ctx, eq(ctx.tables.notification.conversationId, id));
  ctx.effects.job(FORGET_JOB, { conversationId: id });
  await ctx.db.delete(ctx.tables.message).where(eq(ctx.tables.message.conversationId, id));
  await ctx.db.delete(ctx.tables.conversation).where(eq(ctx.tables.conversation.id, id));
}

/** The fields that differ from what is stored, so that saying the same again announces nothing. */
function onlyChanged(conversation: ConversationRow, wanted: Partial<ConversationRow>): Partial<ConversationRow> {
  const changed = Object.entries(wanted).filter(([key, value]) => {
    const before: unknown = conversation[key as keyof ConversationRow];
    return value !== undefined && JSON.stringify(value) !== JSON.stringify(before);
  });
  return Object.fromEntries(changed);
}
