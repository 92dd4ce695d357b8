import { desc, eq, and, gte } from 'drizzle-orm';
import { defineCommand, type Ctx } from '../kernel/command.ts';
import { atMost, fail } from '../kernel/errors.ts';
import { messageView } from '../wire/messages.ts';
import { pinInput, pinList as pins, pinListInput } from '../wire/pins.ts';
import { asMember, requirePolicy, type Access } from './conversations/access.ts';
import { changing } from './conversations/change.ts';
import { announceChange } from './messages/announce.ts';
import { notHidden } from './messages/hidden.ts';
import { lockReadable } from './messages/lock.ts';
import { selectMessages, viewMessageFor, type MessageRow } from './messages/view.ts';
import { withOwnVotes } from './polls/own.ts';
import { lowWaterOf } from './receipts/low-water.ts';

export const pinAdd = defineCommand({
  name: 'pin.add',
  summary: 'Pin a message',
  description: 'For everybody in the conversation. Who may is the setting `pinning`. A message that is pinned already stays as it is.',
  http: [{ method: 'put', path: '/messages/:messageId/pin', status: 201 }],
  input: pinInput,
  output: messageView,
  limit: 'write',
  mode: 'write',
  examples: [{ summary: 'Pin', input: { messageId: '{message}' } }],
  allow: (ctx, { messageId }) => lockPinnable(ctx, messageId),
  async run(ctx, { messageId }, { message, access }) {
    const { pin } = ctx.tables;
    if (message.deletedAt !== null || message.type === 'system') fail('forbidden', 'Deleted messages and system messages are not pinned.');
    if (message.pinnedAt !== null) ctx.nothingNew();
    else {
      const { id: conversationId, orgId } = access.conversation;
      atMost('messageId', (await ctx.db.$count(pin, eq(pin.conversationId, conversationId))) + 1, ctx.config.pinsMax, 'pinned messages');
      await ctx.db.insert(pin).values({ messageId, conversationId, orgId, pinnedBy: ctx.actor.userId, pinnedAt: ctx.now });
      await save(ctx, access, message, { pinnedAt: ctx.now, pinnedBy: ctx.actor.userId });
    }
    const [parts] = await selectMessages(ctx, eq(ctx.tables.message.id, messageId));
    return parts ? viewMessageFor(ctx, access, parts, await lowWaterOf(ctx, access.conversation.id)) : fail('not_found');
  },
});

export const pinRemove = defineCommand({
  name: 'pin.remove',
  summary: 'Unpin a message',
  description: 'Whoever may pin may unpin. Where there is no pin, nothing changes.',
  http: [{ method: 'delete', path: '/messages/:messageId/pin', status: 204 }],
  input: pinInput,
  limit: 'write',
  mode: 'write',
  examples: [{ summary: 'Unpin', input: { messageId: '{message}' } }],
  allow: (ctx, { messageId }) => lockPinnable(ctx, messageId),
  async run(ctx, { messageId }, { message, access }) {
    const { pin } = ctx.tables;
    if (message.pinnedAt === null) return;
    await ctx.db.delete(pin).where(eq(pin.messageId, messageId));
    await save(ctx, access, message, { pinnedAt: null, pinnedBy: null });
  },
});

export const pinList = defineCommand({
  name: 'pin.list',
  summary: 'List what is pinned',
  description: 'The one pinned last comes first. There are at most PINS_MAX, so all of them.',
  http: [{ method: 'get', path: '/conversations/:conversationId/pins' }],
  input: pinListInput,
  output: pins,
  limit: 'read',
  mode: 'read',
  examples: [{ summary: 'What is pinned', input: { conversationId: '{conversation}' } }],
  allow: asMember,
  async run(ctx, { conversationId }, access) {
    const { message, pin } = ctx.tables;
    const { membership } = access;
    const rows = await selectMessages(
      ctx,
      and(eq(pin.conversationId, conversationId), gte(message.seq, membership.historyFromSeq), notHidden(ctx, membership)),
    )
      .innerJoin(pin, eq(pin.messageId, message.id))
      .orderBy(desc(pin.pinnedAt), desc(message.seq));
    const lowWater = await lowWaterOf(ctx, conversationId);
    const views = rows.map((parts) => viewMessageFor(ctx, access, parts, lowWater));
    return { items: await withOwnVotes(ctx, views), cursor: null };
  },
});

async function lockPinnable(ctx: Ctx, messageId: string): ReturnType<typeof lockReadable> {
  const found = await lockReadable(ctx, messageId);
  requirePolicy(found.access, 'pin');
  return found;
}

/** The row in `pin` is for the list; the message carries the same, so that its event and every sync tell it. */
async function save(ctx: Ctx, access: Access, { id }: MessageRow, set: Pick<MessageRow, 'pinnedAt' | 'pinnedBy'>): Promise<void> {
  const { message } = ctx.tables;
  const change = changing(ctx, access.conversation);
  await ctx.db
    .update(message)
    .set({ ...set, rev: change.nextRev() })
    .where(eq(message.id, id));
  await change.save();
  await announceChange(ctx, access, id, 'message.updated');
}
