import { and, eq } from 'drizzle-orm';
import type { Ctx } from '../../kernel/command.ts';
import { topics } from '../../kernel/effects.ts';
import { newId } from '../../lib/id.ts';
import { viewMessage, viewSender, type MessageRow } from '../messages/view.ts';
import type { ConversationRow } from './access.ts';

/** What a system message tells. `content` says it in English, for clients that do not speak the language of `metadata`. */
export type SystemEvent =
  | { event: 'member_added'; userIds: string[]; names: string[] }
  | { event: 'member_left' }
  | { event: 'member_removed'; userIds: string[]; names: string[] }
  | { event: 'title_changed'; title: string | null };

/**
 * Several durable changes of one locked conversation. It counts `rev` and `seq` and writes the row once, at the end.
 * The caller holds the row (lockAccess, or has just inserted it).
 */
export function changing(ctx: Ctx, conversation: ConversationRow) {
  const { conversation: table, conversationMember, message } = ctx.tables;
  let { rev, lastSeq, lastMessageAt } = conversation;

  return {
    nextRev: (): number => ++rev,
    get lastSeq() {
      return lastSeq;
    },

    /** Adds a system message in the actor's name and moves the actor's own marks over it. */
    async say(told: SystemEvent): Promise<void> {
      const id = newId();
      const row: MessageRow = {
        id,
        conversationId: conversation.id,
        orgId: conversation.orgId,
        seq: ++lastSeq,
        rev: ++rev,
        senderId: ctx.actor.userId,
        clientId: id,
        fingerprint: null,
        type: 'system',
        content: sentence(ctx.actor.name, told),
        metadata: told,
        reactions: [],
        replyToId: null,
        threadId: null,
        alsoToConversation: false,
        replyCount: 0,
        lastReplyAt: null,
        mentions: [],
        forwardedFrom: null,
        poll: null,
        linkPreview: null,
        pinnedAt: null,
        pinnedBy: null,
        apiKeyId: ctx.actor.apiKeyId,
        editedAt: null,
        deletedAt: null,
        createdAt: ctx.now,
      };
      lastMessageAt = ctx.now;
      await ctx.db.insert(message).values(row);
      await ctx.db
        .update(conversationMember)
        .set({ readSeq: row.seq, deliveredSeq: row.seq })
        .where(and(eq(conversationMember.conversationId, conversation.id), eq(conversationMember.userId, ctx.actor.userId)));
      ctx.effects.publish(topics.conversation(conversation.id), {
        type: 'message.created',
        conversationId: conversation.id,
        rev: row.rev,
        data: {
          ...viewMessage(ctx, { message: row, sender: null, replied: null, repliedSender: null }, null),
          sender: viewSender({ id: ctx.actor.userId, name: ctx.actor.name, image: ctx.actor.avatarUrl, kind: ctx.actor.kind }, ctx.actor.userId),
        },
      });
    },

    /** Writes the counters together with what else changed, and answers the row as it is then. */
    async save(set: Partial<ConversationRow> = {}): Promise<ConversationRow> {
      const values = { ...set, rev, lastSeq, lastMessageAt, updatedAt: ctx.now };
      await ctx.db.update(table).set(values).where(eq(table.id, conversation.id));
      return { ...conversation, ...values };
    },
  };
}

function sentence(actor: string, told: SystemEvent): string {
  switch (told.event) {
    case 'member_added':
      return `${actor} added ${told.names.join(', ')}.`;
    case 'member_left':
      return `${actor} left.`;
    case 'member_removed':
      return `${actor} removed ${told.names.join(', ')}.`;
    case 'title_changed':
      return told.title === null ? `${actor} removed the title.` : `${actor} changed the title to “${told.title}”.`;
  }
}
