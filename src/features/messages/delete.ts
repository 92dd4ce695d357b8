import { and, eq, sql } from 'drizzle-orm';
import { defineCommand, type Ctx } from '../../kernel/command.ts';
import { messageDeleteInput } from '../../wire/messages.ts';
import type { Access } from '../conversations/access.ts';
import { changing } from '../conversations/change.ts';
import { removeNotificationsOf } from '../notifications/remove.ts';
import { announceChange } from './announce.ts';
import { hideMessage } from './hidden.ts';
import { keepPicture } from './picture.ts';
import { lockMessage, lockReadable } from './lock.ts';
import { tellReaders } from './readers.ts';
import type { MessageRow } from './view.ts';

export const messageDelete = defineCommand({
  name: 'message.delete',
  summary: 'Delete a message',
  description:
    'For everyone: authors within MESSAGE_DELETE_WINDOW_MS, admins of a group always. A tombstone stays; the text and its earlier versions are gone. With `for: me` any member, at any time: the message is gone from what you read on all your devices, and nobody else sees a difference.',
  http: [{ method: 'delete', path: '/messages/:messageId', status: 204 }],
  input: messageDeleteInput,
  limit: 'write',
  mode: 'write',
  examples: [
    { summary: 'For everyone', input: { messageId: '{message}' } },
    { summary: 'For yourself alone', input: { messageId: '{message}', for: 'me' } },
  ],
  allow: (ctx, input) => (input.for === 'me' ? lockReadable(ctx, input.messageId, true) : lockMessage(ctx, input.messageId, 'delete')),
  async run(ctx, input, { message, access }) {
    if (input.for === 'me') return hideMessage(ctx, message, access);
    if (message.deletedAt === null) await deleteForEveryone(ctx, message, access);
  },
});

async function deleteForEveryone(ctx: Ctx, message: MessageRow, access: Access): Promise<void> {
  const tables = ctx.tables;
  const change = changing(ctx, access.conversation);
  const { id } = message;
  await ctx.search.remove(ctx.db, id);
  await ctx.db.delete(tables.messageEdit).where(eq(tables.messageEdit.messageId, id));
  await ctx.db.delete(tables.reaction).where(eq(tables.reaction.messageId, id));
  if (message.poll) await forgetVotes(ctx, message);
  await removeNotificationsOf(ctx, id);
  await ctx.db.delete(tables.pin).where(eq(tables.pin.messageId, id));
  if (message.linkPreview !== null) await keepPicture(ctx, message, null);
  await ctx.db
    .update(tables.message)
    .set({
      content: '',
      metadata: {},
      reactions: [],
      mentions: [],
      forwardedFrom: null,
      poll: null,
      linkPreview: null,
      pinnedAt: null,
      pinnedBy: null,
      fingerprint: null,
      editedAt: null,
      deletedAt: ctx.now,
      rev: change.nextRev(),
    })
    .where(eq(tables.message.id, id));
  await announceChange(ctx, access, id, 'message.deleted');
  if (message.threadId !== null) await countOneLess(ctx, access, message.threadId, change.nextRev());
  await change.save();
}

async function countOneLess(ctx: Ctx, { conversation }: Access, threadId: string, rev: number): Promise<void> {
  const { message } = ctx.tables;
  const [root] = await ctx.db
    .update(message)
    .set({ replyCount: sql`${message.replyCount} - 1`, rev })
    .where(and(eq(message.id, threadId), eq(message.conversationId, conversation.id)))
    .returning();
  if (!root) return;
  const data = { messageId: threadId, replyCount: root.replyCount, lastReplyAt: root.lastReplyAt ?? root.createdAt };
  await tellReaders(ctx, conversation, root.seq, { type: 'thread.updated', conversationId: conversation.id, rev, data });
}

async function forgetVotes(ctx: Ctx, { id, conversationId }: MessageRow): Promise<void> {
  const { pollVote } = ctx.tables;
  await ctx.db.delete(pollVote).where(and(eq(pollVote.conversationId, conversationId), eq(pollVote.messageId, id)));
}
