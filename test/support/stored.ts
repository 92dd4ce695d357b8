import { and, asc, eq, isNull } from 'drizzle-orm';
import type { Store } from '../../src/db/store.ts';
import { conversationCapabilities } from '../../src/kernel/policy.ts';
import { inNoOrder, inOrder } from './model-client.ts';
import { conversationRow, memberRows, messageRows } from './rows.ts';

type MemberRow = Store['tables']['conversationMember']['$inferSelect'];
type MessageRow = Store['tables']['message']['$inferSelect'];
type VoteRow = Store['tables']['pollVote']['$inferSelect'];

/** What a client of this person must show, from the rows. */
export async function storedFor(store: Store, userId: string): Promise<Record<string, unknown>> {
  const { conversationMember } = store.tables;
  const memberships = await store.read
    .select()
    .from(conversationMember)
    .where(and(eq(conversationMember.userId, userId), isNull(conversationMember.leftAt)));
  const all = memberships.map(async (member) => {
    const { conversationId, readSeq, deliveredSeq, historyFromSeq } = member;
    const row = await conversationRow(store, conversationId);
    const { rev, title, status, history, posting, inviting, pinning, mentioningAll, slowModeSeconds, memberCount, lastSeq, lastMessageAt } = row;
    const { hiddenMessage } = store.tables;
    const hidden = await store.read.select({ id: hiddenMessage.messageId }).from(hiddenMessage).where(eq(hiddenMessage.userId, userId));
    const gone = new Set(hidden.map(({ id }) => id));
    const readable = (await messageRows(store, conversationId)).filter(({ id, seq }) => !gone.has(id) && seq >= historyFromSeq);
    const { pollVote } = store.tables;
    const votes = await store.read.select().from(pollVote).where(eq(pollVote.conversationId, conversationId));
    const messages = readable.map((message) => ({ ...storedMessage(message), poll: storedPoll(message, votes, userId) }));
    return [
      conversationId,
      {
        rev,
        title,
        status,
        settings: { history, posting, inviting, pinning, mentioningAll, slowModeSeconds },
        memberCount,
        lastSeq,
        lastMessageAt,
        readSeq,
        deliveredSeq,
        own: await ownIn(store, row, member),
        messages,
      },
    ] as const;
  });
  return { ...Object.fromEntries(await Promise.all(all)), ...(await ownOf(store, userId)) };
}

/** What a conversation is to this member. */
async function ownIn(store: Store, row: Awaited<ReturnType<typeof conversationRow>>, member: MemberRow) {
  const { role, notify, mutedUntil, pinned, archived, draft, joinedAt } = member;
  const capabilities = conversationCapabilities(row, member);
  const peer = row.kind === 'direct' ? (await memberRows(store, row.id)).find(({ userId }) => userId !== member.userId) : undefined;
  return { role, notify, mutedUntil, pinned, archived, draft, nextSendAt: null, joinedAt, capabilities, peerId: peer?.userId ?? null };
}

async function ownOf(store: Store, userId: string) {
  const { block, notification } = store.tables;
  const blocks = await store.read.select().from(block).where(eq(block.blockerId, userId));
  const rows = await store.read.select().from(notification).where(eq(notification.userId, userId)).orderBy(asc(notification.id));
  const notices = rows.map(({ id, kind, conversationId, messageId, readAt }) => ({ id, kind, conversationId, messageId, read: readAt !== null }));
  return { blocked: blocks.map(({ blockedId }) => blockedId).sort(), notices };
}

/** Counted from the rows, so that what the message carries is held against them. */
function storedPoll({ id, poll }: MessageRow, all: VoteRow[], userId: string) {
  if (!poll) return null;
  const votes = all.filter(({ messageId }) => messageId === id);
  const options = poll.options.map((option) => {
    const userIds = votes.filter(({ optionId }) => optionId === option.id).map((vote) => vote.userId);
    return { id: option.id, text: option.text, votes: userIds.length, ...(!poll.anonymous && { userIds }) };
  });
  const voters = new Set(votes.map((vote) => vote.userId)).size;
  const mine = votes.filter((vote) => vote.userId === userId).map(({ optionId }) => optionId);
  return inNoOrder({ ...poll, options, voters }, mine);
}

function storedMessage(row: MessageRow) {
  const { id, seq, rev, clientId, senderId, type, content, editedAt, deletedAt, createdAt, replyToId, threadId, mentions, forwardedFrom } = row;
  return {
    id,
    seq,
    rev,
    clientId: type === 'system' ? null : clientId,
    senderId,
    type,
    content,
    editedAt,
    deletedAt,
    createdAt,
    replyToId,
    reactions: inOrder(row.reactions),
    threadId,
    thread: row.lastReplyAt === null ? null : { replyCount: row.replyCount, lastReplyAt: row.lastReplyAt },
    mentions,
    pinned: row.pinnedAt === null ? null : { at: row.pinnedAt, by: row.pinnedBy },
    forwardedFrom,
  };
}
