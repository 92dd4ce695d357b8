import { asc, eq } from 'drizzle-orm';
import { defineCommand, type Ctx } from '../../kernel/command.ts';
import { topics } from '../../kernel/effects.ts';
import { atMost, fail, invalid } from '../../kernel/errors.ts';
import { newId } from '../../lib/id.ts';
import { codePoints, isBlank } from '../../lib/text.ts';
import { messageDeleteInput, messageEditInput, messageEdits as edits, messageEditsInput, messageView } from '../../wire/messages.ts';
import type { Access } from '../conversations/access.ts';
import { changing } from '../conversations/change.ts';
import { receiptsOf } from '../receipts/low-water.ts';
import { lockMessage } from './lock.ts';
import { findMessage } from './read.ts';
import { selectMessages, viewMessage, viewMessageFor } from './view.ts';

export const messageEdit = defineCommand({
  name: 'message.edit',
  summary: 'Edit a message',
  description: 'Authors, within MESSAGE_EDIT_WINDOW_MS. The earlier texts are kept.',
  http: [{ method: 'patch', path: '/messages/:messageId' }],
  input: messageEditInput,
  output: messageView,
  limit: 'write',
  mode: 'write',
  examples: [{ summary: 'Another text', input: { messageId: '{message}', content: 'Hello there!' } }],
  allow: (ctx, { messageId }) => lockMessage(ctx, messageId, 'edit'),
  async run(ctx, { messageId, content }, { message, access }) {
    const tables = ctx.tables;
    if (isBlank(content)) invalid('content', 'required: a text that people can see');
    atMost('content', codePoints(content), ctx.config.messageMaxCodePoints, 'code points');
    if (content !== message.content) {
      const change = changing(ctx, access.conversation);
      await ctx.db.insert(tables.messageEdit).values({
        id: newId(),
        orgId: message.orgId,
        messageId,
        content: message.content,
        editedBy: ctx.actor.userId,
        editedAt: ctx.now,
      });
      await ctx.db.update(tables.message).set({ content, editedAt: ctx.now, rev: change.nextRev() }).where(eq(tables.message.id, messageId));
      await change.save();
      await announceChange(ctx, access, messageId, 'message.updated');
    }
    const [parts] = await selectMessages(ctx, eq(tables.message.id, messageId));
    return parts ? viewMessageFor(ctx, access, parts, await receiptsOf(ctx, access.conversation.id)) : fail('not_found');
  },
});

export const messageDelete = defineCommand({
  name: 'message.delete',
  summary: 'Delete a message for everybody',
  description: 'Authors within MESSAGE_DELETE_WINDOW_MS, admins of a group always. A tombstone stays; the text and its earlier versions are gone.',
  http: [{ method: 'delete', path: '/messages/:messageId', status: 204 }],
  input: messageDeleteInput,
  limit: 'write',
  mode: 'write',
  examples: [{ summary: 'Delete', input: { messageId: '{message}' } }],
  allow: (ctx, { messageId }) => lockMessage(ctx, messageId, 'delete'),
  async run(ctx, { messageId }, { message, access }) {
    if (message.deletedAt !== null) return;
    const tables = ctx.tables;
    const change = changing(ctx, access.conversation);
    await ctx.db.delete(tables.messageEdit).where(eq(tables.messageEdit.messageId, messageId));
    await ctx.db.delete(tables.reaction).where(eq(tables.reaction.messageId, messageId));
    await ctx.db
      .update(tables.message)
      .set({ content: '', metadata: {}, reactions: [], fingerprint: null, editedAt: null, deletedAt: ctx.now, rev: change.nextRev() })
      .where(eq(tables.message.id, messageId));
    await change.save();
    await announceChange(ctx, access, messageId, 'message.deleted');
  },
});

export const messageEdits = defineCommand({
  name: 'message.edits',
  summary: 'Read the earlier texts of a message',
  http: [{ method: 'get', path: '/messages/:messageId/edits' }],
  input: messageEditsInput,
  output: edits,
  limit: 'read',
  mode: 'read',
  examples: [{ summary: 'Earlier texts, oldest first', input: { messageId: '{message}' } }],
  allow: (ctx, { messageId }) => findMessage(ctx, messageId),
  async run(ctx, { messageId }) {
    const { messageEdit: table } = ctx.tables;
    const rows = await ctx.db.select().from(table).where(eq(table.messageId, messageId)).orderBy(asc(table.editedAt), asc(table.id));
    return { items: rows.map(({ content, editedAt, editedBy }) => ({ content, editedAt, editedBy })), cursor: null };
  },
});

async function announceChange(ctx: Ctx, access: Access, messageId: string, type: 'message.updated' | 'message.deleted'): Promise<void> {
  const conversationId = access.conversation.id;
  const [parts] = await selectMessages(ctx, eq(ctx.tables.message.id, messageId));
  if (!parts) return;
  const data = viewMessage(ctx, parts, await receiptsOf(ctx, conversationId));
  ctx.effects.publish(topics.conversation(conversationId), { type, conversationId, rev: data.rev, data });
}
