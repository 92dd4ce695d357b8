import type { Kit } from '../kit.ts';

export type NotificationKind = 'mention' | 'reply' | 'direct' | 'added' | 'reaction';

export function notificationTables(k: Kit) {
  const notification = k.table(
    'notification',
    {
      id: k.text().primaryKey().notNull(),
      userId: k.text().notNull(),
      orgId: k.text().notNull(),
      kind: k.text().$type<NotificationKind>().notNull(),
      /** What it is about, so that the same is told once however often the work is repeated. */
      subject: k.text().notNull(),
      conversationId: k.text().notNull(),
      messageId: k.text(),
      seq: k.int(),
      /** Who mentioned, wrote, added or reacted. */
      actorId: k.text().notNull(),
      emoji: k.text(),
      createdAt: k.int().notNull(),
      readAt: k.int(),
    },
    (t) => [
      k.uniqueIndex('notification_subject_uq').on(t.userId, t.subject),
      k.index('notification_user_idx').on(t.userId, t.id),
      k.index('notification_unread_idx').on(t.userId, t.conversationId, t.readAt),
      k.index('notification_message_idx').on(t.messageId),
    ],
  );

  /** What a person wants to hear of, as they set it; what is absent is as the defaults say. */
  const notificationPreference = k.table('notification_preference', {
    userId: k.text().primaryKey().notNull(),
    kinds: k.json<Record<string, { centre?: boolean; push?: boolean }>>().notNull().default(k.emptyJson),
    /** Do not disturb, minutes after midnight in the person's time zone; `until` before `from` spans midnight. */
    quietFrom: k.int(),
    quietUntil: k.int(),
    updatedAt: k.int().notNull(),
  });

  /** A browser that takes Web Push for a person. */
  const pushSubscription = k.table(
    'push_subscription',
    {
      id: k.text().primaryKey().notNull(),
      userId: k.text().notNull(),
      endpoint: k.text().notNull(),
      p256dh: k.text().notNull(),
      auth: k.text().notNull(),
      /** The session that subscribed; the subscription ends with it. */
      sessionId: k.text(),
      createdAt: k.int().notNull(),
      expiresAt: k.int(),
    },
    (t) => [
      k.uniqueIndex('push_subscription_endpoint_uq').on(t.endpoint),
      k.index('push_subscription_user_idx').on(t.userId),
      k.index('push_subscription_session_idx').on(t.sessionId),
    ],
  );

  return { notification, notificationPreference, pushSubscription };
}
