import type { Kit } from '../kit.ts';

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
      type: k.text().$type<'text' | 'image' | 'file' | 'audio' | 'location' | 'system' | 'call'>().notNull(),
      content: k.text().notNull(),
      metadata: k.json<Record<string, unknown>>().notNull().default(k.emptyJson),
      reactions: k.json<{ emoji: string; userIds: string[] }[]>().notNull().default(k.emptyList),
      replyToId: k.text(),
      threadId: k.text(),
      editedAt: k.int(),
      deletedAt: k.int(),
      createdAt: k.int().notNull(),
    },
    (t) => [
      k.uniqueIndex('message_seq_uq').on(t.conversationId, t.seq),
      k.uniqueIndex('message_client_uq').on(t.conversationId, t.senderId, t.clientId),
      k.index('message_rev_idx').on(t.conversationId, t.rev),
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

  return { message, messageEdit };
}
