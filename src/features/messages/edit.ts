import { asc, eq } from 'drizzle-orm';
import { STORED_JOB } from '../../db/append.ts';
import { defineCommand } from '../../kernel/command.ts';
import { atMost, fail, invalid } from '../../kernel/errors.ts';
import { newId } from '../../lib/id.ts';
import { codePoints, isBlank } from '../../lib/text.ts';
import { messageEditInput, messageEdits as edits, messageEditsInput, messageView } from '../../wire/messages.ts';
import { changing } from '../conversations/change.ts';
import { lowWaterOf } from '../receipts/low-water.ts';
import { indexMessages } from '../search/indexing.ts';
import { announceChange } from './announce.ts';
import { lockMessage } from './lock.ts';
import { previewAfterEdit } from './preview.ts';
import { findMessage } from './read.ts';
import { resolveMentions } from './references.ts';
import { selectMessages, viewMessageFor } from './view.ts';

export const messageEdit = defineCommand({
  name: 'message.edit',
  summary: 'Edit a message',
  description: 'Authors, within MESSAGE_EDIT_WINDOW_MS. The earlier texts are kept. Without `mentions` they stay as they are.',
  http: [{ method: 'patch', path: '/messages/:messageId' }],
  input: messageEditInput,
  output: messageView,
  limit: 'write',
  mode: 'write',
  examples: [{ summary: 'Another text', input: { messageId: '{message}', content: 'Hello there!' } }],
  allow: (ctx, { messageId }) => lockMessage(ctx, messageId, 'edit'),
  async run(ctx, { messageId, content, mentions: named }, { message, access }) {
    const tables = ctx.tables;
    if (isBlank(content)) invalid('content', 'required: a text that people can see');
    atMost('content', codePoints(content), ctx.config.messageMaxCodePoints, 'code points');
    const mentions = named === undefined ? message.mentions : await resolveMentions(ctx, access, named);
    if (content !== message.content || mentions.join() !== message.mentions.join()) {
      const change = changing(ctx, access.conversation);
      const linkPreview = await previewAfterEdit(ctx, message, content);
      await ctx.db.insert(tables.messageEdit).values({
        id: newId(),
        orgId: message.orgId,
        messageId,
        content: message.content,
        editedBy: ctx.actor.userId,
        editedAt: ctx.now,
      });
      await ctx.db
        .update(tables.message)
        .set({ content, mentions, linkPreview, editedAt: ctx.now, rev: change.nextRev() })
        .where(eq(tables.message.id, messageId));
      await indexMessages(ctx, [{ ...message, content }]);
      await change.save();
      await announceChange(ctx, access, messageId, 'message.updated');
      // Whom it mentions now may have to hear of it; whoever has heard does not hear again.
      if (mentions.some((mention) => !message.mentions.includes(mention))) {
        ctx.effects.job(STORED_JOB, { spans: [{ conversationId: message.conversationId, first: message.seq, last: message.seq }] });
      }
    }
    const [parts] = await selectMessages(ctx, eq(tables.message.id, messageId));
    return parts ? viewMessageFor(ctx, access, parts, await lowWaterOf(ctx, access.conversation.id)) : fail('not_found');
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
