import type { Kit } from '../kit.ts';
import type { messageTables } from './messages.ts';

/** Who reacted with what. The message carries the same, aggregated. */
export function reactionTables(k: Kit, { message }: ReturnType<typeof messageTables>) {
  const reaction = k.table(
    'reaction',
    {
      messageId: k
        .text()
        .notNull()
        .references(() => message.id, { onDelete: 'cascade' }),
      userId: k.text().notNull(),
      emoji: k.text().notNull(),
      conversationId: k.text().notNull(),
      orgId: k.text().notNull(),
      createdAt: k.int().notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.messageId, t.userId, t.emoji] }), k.index('reaction_user_idx').on(t.userId)],
  );
  return { reaction };
}
