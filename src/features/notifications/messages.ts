import { and, eq, inArray, isNull, or, sql } from 'drizzle-orm';
import type { Ctx } from '../../kernel/command.ts';
import { EVERYBODY } from '../../wire/messages.ts';
import type { SettledMessage } from '../stored.ts';
import { tell, type Reason, type Telling } from './notify.ts';
import { isQuiet, preferencesOf } from './preferences.ts';
import { readUpTo } from './read.ts';

type MemberRow = Ctx['tables']['conversationMember']['$inferSelect'];
type Candidate = Pick<MemberRow, 'conversationId' | 'userId' | 'readSeq' | 'historyFromSeq' | 'notify' | 'mutedUntil'> & {
  kind: string;
  timeZone: string | null;
  subscribed: boolean;
};

/**
 * What stored messages mean to people who have not read them by now. For a message in a group that mentions nobody and
 * answers nobody only people with a push subscription matter; where there are none, this is one query for the batch.
 */
export async function notifyOfMessages(ctx: Ctx, stored: SettledMessage[]): Promise<void> {
  await readByWriting(ctx, stored);
  const messages = stored.filter((message) => message.type !== 'system');
  if (messages.length === 0) return;
  const addressed = await addressedBy(ctx, messages);
  const candidates = await findCandidates(ctx, messages, addressed);
  if (candidates.length === 0) return;
  const userIds = [...new Set(candidates.map((candidate) => candidate.userId))];
  const preferences = await preferencesOf(ctx, userIds);
  const blocks = await findBlocks(ctx, userIds, [...new Set(messages.map((message) => message.senderId))]);
  const byConversation = Map.groupBy(candidates, (candidate) => candidate.conversationId);

  const tellings = messages.flatMap((message) =>
    (byConversation.get(message.conversationId) ?? []).flatMap((candidate): Telling[] => {
      const { userId } = candidate;
      const reason = reasonFor(candidate, message, addressed);
      if (!mayHear(ctx, candidate, message, reason) || blocks.has(`${userId} ${message.senderId}`)) return [];
      const chosen = preferences(userId);
      const centre = reason !== 'message' && chosen.kinds[reason].centre;
      const push = candidate.subscribed && chosen.kinds[reason].push && !isQuiet(chosen, candidate.timeZone, ctx.now);
      if (!centre && !push) return [];
      const { id: messageId, conversationId, orgId, seq, senderId: actorId } = message;
      return [{ userId, orgId, reason, subject: `message:${messageId}`, conversationId, messageId, seq, actorId, emoji: null, centre, push }];
    }),
  );
  await tell(ctx, tellings);
}

/** Whom messages address beyond mentioning them: authors of what they quote, and those who wrote in their thread. */
type Addressed = { authors: Map<string, string>; threads: Map<string, Set<string>> };

async function addressedBy(ctx: Ctx, messages: SettledMessage[]): Promise<Addressed> {
  const { message } = ctx.tables;
  const repliedIds = messages.flatMap(({ replyToId }) => replyToId ?? []);
  const threadIds = [...new Set(messages.flatMap(({ threadId }) => threadId ?? []))];
  const named = [...new Set([...repliedIds, ...threadIds])];
  if (named.length === 0) return { authors: new Map(), threads: new Map() };
  const authors = new Map(
    (await ctx.db.select({ id: message.id, senderId: message.senderId }).from(message).where(inArray(message.id, named))).map(
      ({ id, senderId }) => [id, senderId] as const,
    ),
  );
  const threads = new Map(threadIds.map((id) => [id, new Set([authors.get(id) ?? ''])]));
  if (threadIds.length > 0) {
    const wrote = await ctx.db
      .selectDistinct({ threadId: message.threadId, senderId: message.senderId })
      .from(message)
      .where(and(inArray(message.threadId, threadIds), isNull(message.deletedAt)));
    for (const { threadId, senderId } of wrote) threads.get(threadId ?? '')?.add(senderId);
  }
  return { authors, threads };
}

/** Members who may have to hear of one of the messages, as they are now. People who left the organisation are none. */
async function findCandidates(ctx: Ctx, messages: SettledMessage[], { authors, threads }: Addressed): Promise<Candidate[]> {
  const { conversation, conversationMember: member, member: orgMember, pushSubscription, user } = ctx.tables;
  const named = new Set<string>([...authors.values(), ...[...threads.values()].flatMap((writers) => [...writers])]);
  const toAll = new Set<string>();
  for (const { mentions, conversationId } of messages)
    for (const mention of mentions) void (mention === EVERYBODY ? toAll.add(conversationId) : named.add(mention));
  const subscribed = sql<number>`exists (select 1 from ${pushSubscription} where ${pushSubscription.userId} = ${member.userId})`.mapWith(Boolean);
  return ctx.db
    .select({
      conversationId: member.conversationId,
      userId: member.userId,
      readSeq: member.readSeq,
      historyFromSeq: member.historyFromSeq,
      notify: member.notify,
      mutedUntil: member.mutedUntil,
      kind: conversation.kind,
      timeZone: user.timeZone,
      subscribed,
    })
    .from(member)
    .innerJoin(conversation, eq(conversation.id, member.conversationId))
    .innerJoin(orgMember, and(eq(orgMember.organizationId, conversation.orgId), eq(orgMember.userId, member.userId)))
    .innerJoin(user, eq(user.id, member.userId))
    .where(
      and(
        inArray(member.conversationId, [...new Set(messages.map((message) => message.conversationId))]),
        isNull(member.leftAt),
        or(
          eq(conversation.kind, 'direct'),
          toAll.size > 0 ? inArray(member.conversationId, [...toAll]) : undefined,
          named.size > 0 ? inArray(member.userId, [...named]) : undefined,
          inArray(member.userId, ctx.db.select({ userId: pushSubscription.userId }).from(pushSubscription)),
        ),
      ),
    );
}

function reasonFor({ kind, userId }: Candidate, message: SettledMessage, { authors, threads }: Addressed): Reason {
  if (message.mentions.includes(userId) || message.mentions.includes(EVERYBODY)) return 'mention';
  if (message.replyToId !== null && authors.get(message.replyToId) === userId) return 'reply';
  if (message.threadId !== null && threads.get(message.threadId)?.has(userId)) return 'reply';
  return kind === 'direct' ? 'direct' : 'message';
}

/** Whoever wrote it knows it, whoever looks at the conversation has read it by now, and the mute of a conversation is for all of it. */
function mayHear(ctx: Ctx, { userId, readSeq, historyFromSeq, notify, mutedUntil }: Candidate, message: SettledMessage, reason: Reason): boolean {
  if (message.senderId === userId || message.seq <= readSeq || message.seq < historyFromSeq) return false;
  if (notify === 'none' || (mutedUntil !== null && mutedUntil > ctx.now)) return false;
  return notify === 'all' || reason === 'mention' || reason === 'reply';
}

/** Pairs "who blocks, whom". */
async function findBlocks(ctx: Ctx, userIds: string[], senderIds: string[]): Promise<Set<string>> {
  const { block } = ctx.tables;
  const rows = await ctx.db
    .select()
    .from(block)
    .where(and(inArray(block.blockedId, senderIds), inArray(block.blockerId, userIds)));
  return new Set(rows.map(({ blockerId, blockedId }) => `${blockerId} ${blockedId}`));
}

/** Whoever writes has read what was there before: the append moved their mark, their notifications follow here. */
async function readByWriting(ctx: Ctx, messages: SettledMessage[]): Promise<void> {
  const { conversationMember: member } = ctx.tables;
  const newest = new Map(messages.map((message) => [`${message.conversationId} ${message.senderId}`, message]));
  const values = [...newest.values()].map(({ conversationId, senderId, seq }) => sql`(${conversationId}, ${senderId}, ${seq})`);
  if (values.length === 0) return;
  const notified = await ctx.db
    .select({ userId: member.userId, conversationId: member.conversationId, readSeq: member.readSeq })
    .from(member)
    .innerJoin(sql`(values ${sql.join(values, sql`, `)}) as v`, sql`${member.conversationId} = v.column1 and ${member.userId} = v.column2`)
    .where(sql`${member.notifiedSeq} > 0 and ${member.notifiedSeq} <= cast(v.column3 as bigint)`);
  for (const { userId, conversationId, readSeq } of notified) {
    await ctx.db
      .update(member)
      .set({ notifiedSeq: 0 })
      .where(and(eq(member.userId, userId), eq(member.conversationId, conversationId)));
    await readUpTo(ctx, userId, conversationId, readSeq);
  }
}
