import { z } from 'zod';
import { cursor, empty, flag, id, limit, page, seq, time } from './common.ts';
import { sender } from './person.ts';

export const notificationKind = z.enum(['mention', 'reply', 'direct', 'added', 'reaction']);
export type NotificationKind = z.infer<typeof notificationKind>;

export const notification = z
  .object({
    id,
    kind: notificationKind,
    orgId: id,
    conversationId: id,
    messageId: id.nullable(),
    seq: seq.nullable().describe('That of the message.'),
    actor: sender.describe('Who mentioned you, wrote, added you or reacted.'),
    emoji: z.string().nullable().describe('Of a reaction.'),
    preview: z.string().nullable().describe('The beginning of the message, as it is now and without the marks of its Markdown.'),
    createdAt: time,
    readAt: time.nullable(),
  })
  .meta({ id: 'Notification' });
export type Notification = z.infer<typeof notification>;

const unread = z.number().int().describe('Notifications not read yet, all of them.');

export const notificationListInput = z.object({
  unread: flag.optional().describe('Only those not read yet.'),
  limit,
  cursor,
});
/** Newest first. */
export const notificationList = page(notification).extend({ unread });

export const notificationReadInput = z.object({
  ids: z.array(id).min(1).optional(),
  all: z.literal(true).optional().describe('All that there are now.'),
});
export const notificationRead = z.object({ unread });

export const notificationsRead = z.object({ ids: z.array(id), unread });
export const notificationsRemoved = z.object({ ids: z.array(id), unread });

const ways = z.object({
  centre: flag.describe('It is kept in the notification centre.'),
  push: flag.describe('It is pushed to devices of people who are away.'),
});
const kinds = z.object({
  mention: ways,
  reply: ways.describe('To a message of yours, or in a thread that you wrote in.'),
  direct: ways,
  added: ways,
  reaction: ways.describe('To a message of yours. Off unless you turn it on.'),
  message: ways.pick({ push: true }).describe('Any other message in a conversation whose `notify` is `all`.'),
});

const clockTime = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time like 22:30')
  .describe('24 hours, like 22:30.');

export const quietHours = z.object({ from: clockTime, until: clockTime }).meta({
  id: 'QuietHours',
  description: 'No pushes from `from` until `until` in the time zone of your profile (UTC where there is none); past midnight is fine.',
});

export const notificationPreferences = z.object({ kinds, quietHours: quietHours.nullable() }).meta({
  id: 'NotificationPreferences',
  description: 'Of all conversations. Muting one, or hearing of mentions only, is a setting of its membership.',
});
export type NotificationPreferences = z.infer<typeof notificationPreferences>;

export const preferenceGetInput = empty;
export const preferenceUpdateInput = z.object({
  kinds: z
    .object({
      mention: ways.partial(),
      reply: ways.partial(),
      direct: ways.partial(),
      added: ways.partial(),
      reaction: ways.partial(),
      message: ways.pick({ push: true }).partial(),
    })
    .partial()
    .optional(),
  quietHours: quietHours.nullable().optional(),
});
