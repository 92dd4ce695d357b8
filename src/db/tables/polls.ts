import type { Kit } from '../kit.ts';
import type { messageTables } from './messages.ts';

/** Who chose what. The message carries the same, added up. */
export function pollTables(k: Kit, { message }: ReturnType<typeof messageTables>) {
  const pollVote = k.table(
    'poll_vote',
    {
      messageId: k
        .text()
        .notNull()
        .references(() => message.id, { onDelete: 'cascade' }),
      userId: k.text().notNull(),
      optionId: k.text().notNull(),
      conversationId: k.text().notNull(),
      orgId: k.text().notNull(),
      votedAt: k.int().notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.messageId, t.userId, t.optionId] }), k.index('poll_vote_option_idx').on(t.messageId, t.optionId, t.votedAt)],
  );
  return { pollVote };
}
