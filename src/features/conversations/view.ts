import { and, eq, gte, inArray, isNull, ne, sql, type SQL } from 'drizzle-orm';
import { alias } from '../../db/alias.ts';
import type { Ctx } from '../../kernel/command.ts';
import { conversationCapabilities } from '../../kernel/policy.ts';
import type { Conversation, Membership, SharedConversation } from '../../wire/conversations.ts';
import type { EventData } from '../../wire/events.ts';
import type { Person } from '../../wire/person.ts';
import { notHiddenBy } from '../messages/hidden.ts';
import { personColumns, quotable, repliedColumns, viewMessage, viewSender, type MessageParts } from '../messages/view.ts';
import { lowWaterIn, noLowWater, type LowWater } from '../receipts/low-water.ts';
import type { Access, ConversationRow, MemberRow } from './access.ts';

type PersonRow = Ctx['tables']['user']['$inferSelect'];
type Parts = Access & { lowWater: LowWater; last: MessageParts | null; peer: PersonRow | null };

/** The caller's conversations with all that their views need, in one query. `which` narrows membership and conversation. */
export async function selectConversations(ctx: Ctx, which: SQL | undefined): Promise<Parts[]> {
  const { conversation, conversationMember, message, user } = ctx.tables;
  const last = alias(message, 'last_message');
  const sender = alias(user, 'sender');
  const replied = alias(message, 'replied');
  const repliedSender = alias(user, 'replied_sender');
  const peerMember = alias(conversationMember, 'peer_member');
  const peer = alias(user, 'peer');

  const rows = await ctx.db
    .select({
      conversation,
      membership: conversationMember,
      lowWater: lowWaterIn(ctx, conversation.id),
      message: last,
      sender: personColumns(sender),
      replied: repliedColumns(replied, quotable(ctx, replied)),
      repliedSender: personColumns(repliedSender),
      peer,
    })
    .from(conversationMember)
    .innerJoin(conversation, eq(conversation.id, conversationMember.conversationId))
    .leftJoin(last, and(eq(last.conversationId, conversation.id), eq(last.seq, newestSeq(ctx)), gte(last.seq, conversationMember.historyFromSeq)))
    .leftJoin(sender, eq(sender.id, last.senderId))
    .leftJoin(replied, and(eq(replied.id, last.replyToId), eq(replied.conversationId, last.conversationId)))
    .leftJoin(repliedSender, eq(repliedSender.id, replied.senderId))
    .leftJoin(
      peerMember,
      and(eq(conversation.kind, 'direct'), eq(peerMember.conversationId, conversation.id), ne(peerMember.userId, ctx.actor.userId)),
    )
    .leftJoin(peer, eq(peer.id, peerMember.userId))
    .where(
      and(
        eq(conversationMember.userId, ctx.actor.userId),
        isNull(conversationMember.leftAt),
        inArray(conversation.orgId, [...ctx.actor.orgs.keys()]),
        which,
      ),
    );

  return rows.map(({ conversation: found, membership, lowWater, peer: other, message: lastMessage, ...parts }) => ({
    conversation: found,
    membership,
    lowWater: lowWater ?? noLowWater,
    peer: other,
    last: lastMessage && { message: lastMessage, ...parts },
  }));
}

/** The newest message that the member has not hidden from themselves; it is only searched for those who ever hid one. */
function newestSeq(ctx: Ctx): SQL {
  const { conversation, conversationMember, message } = ctx.tables;
  return sql`case when ${conversationMember.hiddenRev} = 0 then ${conversation.lastSeq} else (
    select max(shown.seq) from ${message} as shown
    where shown.conversation_id = ${conversation.id} and ${notHiddenBy(ctx, { id: sql`shown.id`, conversationId: conversation.id })}) end`;
}

export async function getConversation(ctx: Ctx, conversationId: string): Promise<Conversation | null> {
  const [parts] = await selectConversations(ctx, eq(ctx.tables.conversationMember.conversationId, conversationId));
  return parts ? viewConversation(ctx, parts) : null;
}

export function viewConversation(ctx: Ctx, { conversation, membership, lowWater, last, peer }: Parts): Conversation {
  return {
    ...viewShared(conversation),
    lastMessage: last && viewMessage(ctx, last, lowWater),
    receipts: lowWater.receipts,
    ...viewOwn(conversation, membership, peer),
  };
}

/** What it is to one member. */
export function viewOwn(conversation: ConversationRow, member: MemberRow, peer: PersonRow | null | undefined): EventData<'membership.updated'> {
  return {
    membership: viewMembership(conversation, member),
    peer: conversation.kind === 'direct' && peer ? viewPerson(peer) : null,
    capabilities: conversationCapabilities(conversation, member),
  };
}

/** The same for every reader. */
export function viewShared(conversation: ConversationRow): SharedConversation {
  const { id, orgId, kind, title, description, avatarUrl, status, createdBy, createdAt, updatedAt, lastSeq, rev, lastMessageAt, memberCount } =
    conversation;
  const { contextType, contextId, history, posting, inviting, pinning, mentioningAll, slowModeSeconds } = conversation;
  return {
    id,
    orgId,
    kind,
    title,
    description,
    avatarUrl,
    status,
    context: contextType !== null && contextId !== null ? { type: contextType, id: contextId } : null,
    createdBy,
    createdAt,
    updatedAt,
    lastSeq,
    rev,
    lastMessageAt,
    memberCount,
    settings: { history, posting, inviting, pinning, mentioningAll, slowModeSeconds },
    metadata: conversation.metadata as SharedConversation['metadata'],
  };
}

export function viewMembership(conversation: Pick<ConversationRow, 'lastSeq' | 'slowModeSeconds'>, member: MemberRow): Membership {
  const { role, readSeq, deliveredSeq, notify, mutedUntil, pinned, archived, draft, lastSentAt, joinedAt } = member;
  const { lastSeq, slowModeSeconds } = conversation;
  const slow = slowModeSeconds > 0 && role === 'member' && lastSentAt !== null;
  const nextSendAt = slow ? lastSentAt + slowModeSeconds * 1000 : null;
  return { role, readSeq, deliveredSeq, unread: lastSeq - readSeq, notify, mutedUntil, pinned, archived, draft, nextSendAt, joinedAt };
}

export function viewPerson(user: Pick<PersonRow, 'id' | 'name' | 'image' | 'kind' | 'externalId' | 'statusText'>): Person {
  return { ...viewSender(user, user.id), externalId: user.externalId, statusText: user.statusText };
}
