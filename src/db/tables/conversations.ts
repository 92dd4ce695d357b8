import type { Kit } from '../kit.ts';

export type MemberDraft = { content: string; replyToId: string | null; threadId: string | null; updatedAt: number };

/**
 * `lastSeq` and `rev` are given out by `update … returning` in the transaction that uses them, so they are serial
 * per conversation. Membership rows are never deleted, only marked with `leftAt`: whoever comes back is the same row.
 */
export function conversationTables(k: Kit) {
  const conversation = k.table(
    'conversation',
    {
      id: k.text().primaryKey().notNull(),
      orgId: k.text().notNull(),
      kind: k.text().$type<'direct' | 'group' | 'support'>().notNull(),
      title: k.text(),
      description: k.text(),
      avatarUrl: k.text(),
      createdBy: k.text().notNull(),
      /** The sorted pair of a direct conversation. */
      directKey: k.text(),
      contextType: k.text(),
      contextId: k.text(),
      status: k.text().$type<'open' | 'closed'>().notNull().default('open'),
      closedAt: k.int(),
      closedBy: k.text(),
      lastSeq: k.int().notNull().default(0),
      rev: k.int().notNull().default(0),
      lastMessageAt: k.int(),
      memberCount: k.int().notNull().default(0),
      history: k.text().$type<'all' | 'joined'>().notNull().default('all'),
      /** The highest `historyFromSeq` that a member ever had: what is older is not for everybody to read. */
      historyFromMax: k.int().notNull().default(1),
      posting: k.text().$type<'members' | 'admins'>().notNull().default('members'),
      inviting: k.text().$type<'members' | 'admins'>().notNull().default('members'),
      pinning: k.text().$type<'members' | 'admins'>().notNull().default('members'),
      mentioningAll: k.text().$type<'members' | 'admins'>().notNull().default('members'),
      /** Members wait this long between two messages of theirs; 0 is off. */
      slowModeSeconds: k.int().notNull().default(0),
      metadata: k.json<Record<string, unknown>>().notNull().default(k.emptyJson),
      createdAt: k.int().notNull(),
      updatedAt: k.int().notNull(),
    },
    (t) => [
      k.uniqueIndex('conversation_direct_uq').on(t.orgId, t.directKey),
      k.index('conversation_context_idx').on(t.orgId, t.contextType, t.contextId),
    ],
  );

  const conversationMember = k.table(
    'conversation_member',
    {
      conversationId: k
        .text()
        .notNull()
        .references(() => conversation.id, { onDelete: 'cascade' }),
      userId: k.text().notNull(),
      orgId: k.text().notNull(),
      role: k.text().$type<'owner' | 'admin' | 'member' | 'observer'>().notNull(),
      readSeq: k.int().notNull().default(0),
      deliveredSeq: k.int().notNull().default(0),
      /** The first message that this member sees. */
      historyFromSeq: k.int().notNull().default(1),
      notify: k.text().$type<'all' | 'mentions' | 'none'>().notNull().default('all'),
      mutedUntil: k.int(),
      pinned: k.bool().notNull().default(false),
      archived: k.bool().notNull().default(false),
      /** What the member has begun to write; only they see it. */
      draft: k.json<MemberDraft>(),
      /** `rev` of the conversation when the member last hid one of its messages from themselves; 0: never. */
      hiddenRev: k.int().notNull().default(0),
      /** The newest message that a notification or push was made of for this member. */
      notifiedSeq: k.int().notNull().default(0),
      /** When the member's newest message was sent, for slow mode. */
      lastSentAt: k.int(),
      /** In a direct conversation: one of the two blocks the other, nobody posts. */
      blocked: k.bool().notNull().default(false),
      joinedAt: k.int().notNull(),
      leftAt: k.int(),
      /** `rev` of the conversation when this membership last changed. */
      rev: k.int().notNull().default(0),
    },
    (t) => [k.primaryKey({ columns: [t.conversationId, t.userId] }), k.index('conversation_member_user_idx').on(t.userId, t.leftAt)],
  );

  return { conversation, conversationMember };
}
