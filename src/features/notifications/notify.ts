import { and, asc, inArray, sql } from 'drizzle-orm';
import { forUpdate } from '../../db/lock.ts';
import type { Ctx } from '../../kernel/command.ts';
import { topics } from '../../kernel/effects.ts';
import { newId } from '../../lib/id.ts';
import type { NotificationKind } from '../../wire/notifications.ts';
import type { PushReason } from '../../wire/push.ts';
import { askForPush } from '../push/index.ts';
import { selectNotifications, viewNotifications } from './view.ts';

/** Why somebody is told: a kind of notification, or just a message. */
export type Reason = PushReason;
export type Telling = {
  userId: string;
  orgId: string;
  reason: Reason;
  /** The same subject is told to a person once, however often the work is repeated. */
  subject: string;
  conversationId: string;
  messageId: string | null;
  seq: number | null;
  actorId: string;
  emoji: string | null;
  /** It is kept in the centre. */
  centre: boolean;
  push: boolean;
};

const ROWS_AT_ONCE = 500;
const PEOPLE_AT_ONCE = 100;

/** Keeps what belongs into the centre and tells it, and asks for the pushes: all with the transaction or not at all. */
export async function tell(ctx: Ctx, tellings: Telling[]): Promise<void> {
  for (let i = 0; i < tellings.length; i += ROWS_AT_ONCE) {
    const chunk = await stillShown(ctx, await stillUnread(ctx, tellings.slice(i, i + ROWS_AT_ONCE)));
    const kept = await keep(
      ctx,
      chunk.filter((telling) => telling.centre),
    );
    const fresh = chunk.filter((telling) => !telling.centre || kept.has(keyOf(telling)));
    await rememberNotified(ctx, fresh);
    push(ctx, fresh);
    trim(ctx, fresh);
  }
}

const keyOf = ({ userId, subject }: Pick<Telling, 'userId' | 'subject'>): string => `${userId} ${subject}`;

/**
 * Locks the memberships, in the order in which marks and appends lock them, and drops what has been read since it was looked at:
 * from here on reading waits, and then finds what it was notified of.
 */
async function stillUnread(ctx: Ctx, tellings: Telling[]): Promise<Telling[]> {
  const { conversationMember: member } = ctx.tables;
  const about = tellings.filter((telling) => telling.seq !== null);
  if (about.length === 0) return tellings;
  const rows = await forUpdate(
    ctx.db
      .select({ conversationId: member.conversationId, userId: member.userId, readSeq: member.readSeq })
      .from(member)
      .where(
        and(
          inArray(member.conversationId, [...new Set(about.map((telling) => telling.conversationId))]),
          inArray(member.userId, [...new Set(about.map((telling) => telling.userId))]),
        ),
      )
      .orderBy(asc(member.conversationId), asc(member.userId)),
    member,
  );
  const readSeqs = new Map(rows.map((row) => [`${row.conversationId} ${row.userId}`, row.readSeq]));
  return tellings.filter(
    ({ conversationId, userId, seq, reason }) => seq === null || reason === 'reaction' || seq > (readSeqs.get(`${conversationId} ${userId}`) ?? seq),
  );
}

/** Without what the person has deleted for themselves. Their memberships are locked, so nobody does at this moment. */
async function stillShown(ctx: Ctx, tellings: Telling[]): Promise<Telling[]> {
  const { hiddenMessage: hidden } = ctx.tables;
  const messageIds = [...new Set(tellings.flatMap(({ messageId }) => messageId ?? []))];
  if (messageIds.length === 0) return tellings;
  const userIds = [...new Set(tellings.map(({ userId }) => userId))];
  const rows = await ctx.db
    .select({ userId: hidden.userId, messageId: hidden.messageId })
    .from(hidden)
    .where(and(inArray(hidden.messageId, messageIds), inArray(hidden.userId, userIds)));
  const gone = new Set(rows.map(({ userId, messageId }) => `${userId} ${messageId}`));
  return tellings.filter(({ userId, messageId }) => !gone.has(`${userId} ${messageId}`));
}

async function keep(ctx: Ctx, tellings: Telling[]): Promise<Set<string>> {
  if (tellings.length === 0) return new Set();
  const { notification } = ctx.tables;
  const rows = await ctx.db
    .insert(notification)
    .values(
      tellings.map(({ reason, centre, push: _, ...telling }) => ({ ...telling, id: newId(), kind: reason as NotificationKind, createdAt: ctx.now })),
    )
    .onConflictDoNothing({ target: [notification.userId, notification.subject] })
    .returning();
  const ids = rows.map((row) => row.id);
  const parts = ids.length === 0 ? [] : await selectNotifications(ctx, inArray(notification.id, ids));
  const views = await viewNotifications(ctx, parts);
  for (const [i, data] of views.entries()) {
    const userId = parts[i]?.notification.userId;
    if (userId) ctx.effects.publish(topics.person(userId), { type: 'notification.created', conversationId: data.conversationId, data });
  }
  return new Set(rows.map(keyOf));
}

/** So that reading the conversation knows without a look that there is something to be marked as read. */
async function rememberNotified(ctx: Ctx, tellings: Telling[]): Promise<void> {
  const newest = new Map<string, Telling & { seq: number }>();
  for (const telling of tellings) {
    const key = `${telling.conversationId} ${telling.userId}`;
    if (telling.seq !== null && telling.seq > (newest.get(key)?.seq ?? 0)) newest.set(key, { ...telling, seq: telling.seq });
  }
  if (newest.size === 0) return;
  const { conversationMember: member } = ctx.tables;
  const values = [...newest.values()].map(({ conversationId, userId, seq }) => sql`(${conversationId}, ${userId}, ${seq})`);
  await ctx.db
    .update(member)
    .set({ notifiedSeq: sql`cast(v.column3 as bigint)` })
    .from(sql`(values ${sql.join(values, sql`, `)}) as v`)
    .where(sql`${member.conversationId} = v.column1 and ${member.userId} = v.column2 and ${member.notifiedSeq} < cast(v.column3 as bigint)`);
}

/** One push for a person and conversation: of the newest, for the strongest reason. */
function push(ctx: Ctx, tellings: Telling[]): void {
  const wanted = new Map<string, Telling>();
  for (const telling of tellings.filter((one) => one.push)) {
    const key = `${telling.userId} ${telling.conversationId}`;
    const other = wanted.get(key);
    const [older, newer] = (other?.seq ?? 0) > (telling.seq ?? 0) ? [telling, other ?? telling] : [other ?? telling, telling];
    wanted.set(key, { ...newer, reason: strongest(older.reason, newer.reason) });
  }
  for (const { userId, conversationId, seq, reason } of wanted.values()) askForPush(ctx, { userId, conversationId, seq: seq ?? 0, reason });
}

const byStrength: Reason[] = ['mention', 'reply', 'direct', 'added', 'reaction', 'message'];
const strongest = (a: Reason, b: Reason): Reason => (byStrength.indexOf(a) < byStrength.indexOf(b) ? a : b);

/** The centre keeps NOTIFICATIONS_MAX for each person. */
function trim(ctx: Ctx, tellings: Telling[]): void {
  const userIds = [...new Set(tellings.filter((telling) => telling.centre).map((telling) => telling.userId))];
  for (let i = 0; i < userIds.length; i += PEOPLE_AT_ONCE) ctx.effects.job('notifications.trim', { userIds: userIds.slice(i, i + PEOPLE_AT_ONCE) });
}
