import { sql } from 'drizzle-orm';
import type { Kit } from '../kit.ts';

/** What a poll asks, and what was answered: the rows in `poll_vote` added up. */
export type PollState = {
  options: { id: string; text: string; votes: number; userIds?: string[] }[];
  multiple: boolean;
  anonymous: boolean;
  closesAt: number | null;
  closedAt: number | null;
  voters: number;
};

/** Where a forwarded message comes from. A copy: what becomes of the origin changes nothing here. */
export type ForwardedFrom = { messageId: string; sender: { id: string; name: string }; createdAt: number };

/** What the page of the first link in a text says about itself, as it was read then; `picture` is the version of its picture. `removed`: the author wants none of that link. */
export type LinkPreview = { url: string; title: string; description: string | null; siteName: string | null; picture: string | null };
export type KeptPreview = LinkPreview | { url: string; removed: true };

export function messageTables(k: Kit) {
  const message = k.table(
    'message',
    {
      id: k.text().primaryKey().notNull(),
      conversationId: k.text().notNull(),
      orgId: k.text().notNull(),
      seq: k.int().notNull(),
      rev: k.int().notNull(),
      senderId: k.text().notNull(),
      clientId: k.text().notNull(),
      /** Hash of what was sent: tells a repeat from another message under the same name. Gone when deleted. */
      fingerprint: k.text(),
      type: k.text().$type<'text' | 'image' | 'file' | 'audio' | 'location' | 'system' | 'call' | 'poll'>().notNull(),
      content: k.text().notNull(),
      metadata: k.json<Record<string, unknown>>().notNull().default(k.emptyJson),
      reactions: k.json<{ emoji: string; userIds: string[] }[]>().notNull().default(k.emptyList),
      replyToId: k.text(),
      /** The message that this one hangs under. */
      threadId: k.text(),
      /** A message of a thread that is shown in the conversation as well. */
      alsoToConversation: k.bool().notNull().default(false),
      /** Of a message that a thread hangs under: its messages that are not deleted, and the time of the newest. */
      replyCount: k.int().notNull().default(0),
      lastReplyAt: k.int(),
      /** Ids of people, or `all`. */
      mentions: k.json<string[]>().notNull().default(k.emptyList),
      forwardedFrom: k.json<ForwardedFrom>(),
      poll: k.json<PollState>(),
      /** In the row, so that reading messages asks for nothing more. */
      linkPreview: k.json<KeptPreview>(),
      pinnedAt: k.int(),
      pinnedBy: k.text(),
      /** The API key that sent it in the sender's name. */
      apiKeyId: k.text(),
      editedAt: k.int(),
      deletedAt: k.int(),
      createdAt: k.int().notNull(),
    },
    (t) => [
      k.uniqueIndex('message_seq_uq').on(t.conversationId, t.seq),
      k.uniqueIndex('message_client_uq').on(t.conversationId, t.senderId, t.clientId),
      k.index('message_rev_idx').on(t.conversationId, t.rev),
      k
        .index('message_thread_idx')
        .on(t.threadId, t.seq)
        .where(sql`${t.threadId} is not null`),
      k
        .index('message_threads_idx')
        .on(t.conversationId, t.lastReplyAt)
        .where(sql`${t.lastReplyAt} is not null`),
    ],
  );

  /** The earlier texts of an edited message; removed with it when it is deleted. */
  const messageEdit = k.table(
    'message_edit',
    {
      id: k.text().primaryKey().notNull(),
      orgId: k.text().notNull(),
      messageId: k
        .text()
        .notNull()
        .references(() => message.id, { onDelete: 'cascade' }),
      content: k.text().notNull(),
      editedBy: k.text().notNull(),
      editedAt: k.int().notNull(),
    },
    (t) => [k.index('message_edit_message_idx').on(t.messageId, t.editedAt)],
  );

  /** Messages that somebody deleted for themselves alone. */
  const hiddenMessage = k.table(
    'hidden_message',
    {
      userId: k.text().notNull(),
      messageId: k
        .text()
        .notNull()
        .references(() => message.id, { onDelete: 'cascade' }),
      conversationId: k.text().notNull(),
      orgId: k.text().notNull(),
      /** `rev` of the conversation at that time: whoever holds an older or the same one has yet to hear of it. */
      rev: k.int().notNull(),
      hiddenAt: k.int().notNull(),
    },
    (t) => [
      k.primaryKey({ columns: [t.userId, t.messageId] }),
      k.index('hidden_message_rev_idx').on(t.userId, t.conversationId, t.rev),
      k.index('hidden_message_message_idx').on(t.messageId),
    ],
  );

  /** What is pinned in a conversation. The message carries the same. */
  const pin = k.table(
    'pin',
    {
      messageId: k
        .text()
        .primaryKey()
        .notNull()
        .references(() => message.id, { onDelete: 'cascade' }),
      conversationId: k.text().notNull(),
      orgId: k.text().notNull(),
      pinnedBy: k.text().notNull(),
      pinnedAt: k.int().notNull(),
    },
    (t) => [k.index('pin_conversation_idx').on(t.conversationId, t.pinnedAt)],
  );

  /** A small copy of the picture of a linked page: WebP as base64. Apart from the message, which is read far more often. */
  const linkPicture = k.table('link_picture', {
    messageId: k
      .text()
      .primaryKey()
      .notNull()
      .references(() => message.id, { onDelete: 'cascade' }),
    conversationId: k.text().notNull(),
    orgId: k.text().notNull(),
    data: k.text().notNull(),
  });

  /** How far somebody has read a thread. A row appears with their first message in it or when they read it. */
  const threadRead = k.table(
    'thread_read',
    {
      threadId: k
        .text()
        .notNull()
        .references(() => message.id, { onDelete: 'cascade' }),
      userId: k.text().notNull(),
      conversationId: k.text().notNull(),
      orgId: k.text().notNull(),
      readSeq: k.int().notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.threadId, t.userId] }), k.index('thread_read_user_idx').on(t.userId, t.conversationId)],
  );

  return { message, messageEdit, hiddenMessage, pin, linkPicture, threadRead };
}
