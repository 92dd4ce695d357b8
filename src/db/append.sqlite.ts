import type { Database } from 'bun:sqlite';
import { newId } from '../lib/id.ts';
import { STORED_JOB, type Appended, type AppendTimes, type Draft, type StoredSpan, type Threaded } from './append.ts';

type ConversationRow = { orgId: string; status: string; posting: string; slowModeSeconds: number; lastSeq: number; rev: number };
type Conversation = ConversationRow & { first: number; posters: Map<string, Poster | null> };
type Poster = { role: string; lastSentAt: number | null; seq: number };

/**
 * Raw statements, because this path is what the product exists for. Runs inside the writer's transaction, in one tick: nobody else
 * writes meanwhile, so a conversation and its members are read once a batch and written once at its end.
 */
export function createAppend(db: Database) {
  const findRepeated = db.prepare<{ id: string; fingerprint: string | null }, [string, string, string]>(
    'select id, fingerprint from message where conversation_id = ? and sender_id = ? and client_id = ?',
  );
  const findConversation = db.prepare<ConversationRow, [string]>(
    'select org_id as orgId, status, posting, slow_mode_seconds as slowModeSeconds, last_seq as lastSeq, rev from conversation where id = ?',
  );
  const findMember = db.prepare<{ role: string; lastSentAt: number | null }, [string, string]>(
    'select role, last_sent_at as lastSentAt from conversation_member where conversation_id = ? and user_id = ? and left_at is null and blocked = 0',
  );
  const findQuoted = db.prepare<{ deletedAt: number | null }, [string]>('select deleted_at as deletedAt from message where id = ?');
  const insert = db.prepare(
    `insert into message (id, conversation_id, org_id, seq, rev, sender_id, client_id, fingerprint, type, content, metadata, reply_to_id, created_at,
       thread_id, also_to_conversation, mentions, forwarded_from, api_key_id, poll)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const advance = db.prepare('update conversation set last_seq = ?2, rev = ?3, last_message_at = ?4 where id = ?1');
  const moveOwnMarks = db.prepare(
    'update conversation_member set read_seq = ?3, delivered_seq = ?3, last_sent_at = ?4 where conversation_id = ?1 and user_id = ?2',
  );
  const countReply = db.prepare<{ replyCount: number }, [string, number, number]>(
    'update message set reply_count = reply_count + 1, last_reply_at = ?3, rev = ?2 where id = ?1 returning reply_count as replyCount',
  );
  const moveThreadMark = db.prepare(
    `insert into thread_read (thread_id, user_id, conversation_id, org_id, read_seq) values (?, ?, ?, ?, ?)
     on conflict (thread_id, user_id) do update set read_seq = excluded.read_seq`,
  );
  const putJob = db.prepare('insert into outbox (id, kind, payload, due_at, created_at) values (?, ?, ?, ?, ?)');

  return (drafts: Draft[], { createdAt, jobDueAt }: AppendTimes): Appended[] => {
    const conversations = new Map<string, Conversation | null>();

    function appendOne(draft: Draft): Appended {
      const { id, conversationId, senderId, clientId } = draft;
      const first = findRepeated.get(conversationId, senderId, clientId);
      if (first) return { outcome: 'repeated', ...first };
      const conversation = remembered(conversations, conversationId, () => {
        const row = findConversation.get(conversationId);
        return row && { ...row, first: 0, posters: new Map<string, Poster | null>() };
      });
      if (!conversation) return { outcome: 'refused' };
      const poster = remembered(conversation.posters, senderId, () => {
        const member = findMember.get(conversationId, senderId);
        return member && { ...member, seq: 0 };
      });
      if (!poster || !draft.orgIds.includes(conversation.orgId) || !mayPost(conversation, poster, createdAt)) return { outcome: 'refused' };
      const { orgId } = conversation;
      const seq = ++conversation.lastSeq;
      const rev = ++conversation.rev;
      const metadata = isEmpty(draft.metadata) ? '{}' : JSON.stringify(draft.metadata);
      insert.run(
        id,
        conversationId,
        orgId,
        seq,
        rev,
        senderId,
        clientId,
        draft.fingerprint,
        draft.type,
        draft.content,
        metadata,
        draft.replyToId,
        createdAt,
        draft.threadId,
        draft.alsoToConversation ? 1 : 0,
        draft.mentions.length === 0 ? '[]' : JSON.stringify(draft.mentions),
        draft.forwardedFrom && JSON.stringify(draft.forwardedFrom),
        draft.apiKeyId,
        draft.poll && JSON.stringify(draft.poll),
      );
      poster.seq = seq;
      poster.lastSentAt = createdAt;
      conversation.first ||= seq;
      const thread = draft.threadId === null ? null : hangUnder(draft.threadId, draft, conversation, seq);
      const quoteDeletedAt = draft.replyToId === null ? null : (findQuoted.get(draft.replyToId)?.deletedAt ?? null);
      return { outcome: 'stored', id, orgId, seq, rev, thread, quoteDeletedAt };
    }

    function hangUnder(threadId: string, { conversationId, senderId }: Draft, conversation: Conversation, seq: number): Threaded {
      const rev = ++conversation.rev;
      const { replyCount } = countReply.get(threadId, rev, createdAt) ?? { replyCount: 0 };
      moveThreadMark.run(threadId, senderId, conversationId, conversation.orgId, seq);
      return { rev, replyCount };
    }

    const outcomes = drafts.map(appendOne);
    const spans: StoredSpan[] = [];
    for (const [id, conversation] of conversations) {
      if (!conversation || conversation.first === 0) continue;
      advance.run(id, conversation.lastSeq, conversation.rev, createdAt);
      spans.push({ conversationId: id, first: conversation.first, last: conversation.lastSeq });
      for (const [senderId, poster] of conversation.posters) if (poster && poster.seq > 0) moveOwnMarks.run(id, senderId, poster.seq, createdAt);
    }
    if (spans.length > 0) putJob.run(newId(), STORED_JOB, JSON.stringify({ spans }), jobDueAt, createdAt);
    return outcomes;
  };
}

/** The same rule as `post` in the kernel's policy, and slow mode, which is for members. A last message from the future was sent before the clock was set back. */
function mayPost({ status, posting, slowModeSeconds }: Conversation, { role, lastSentAt }: Poster, now: number): boolean {
  if (status !== 'open') return false;
  if (role === 'owner' || role === 'admin') return true;
  return role === 'member' && posting === 'members' && (slowModeSeconds === 0 || Math.abs(now - (lastSentAt ?? 0)) >= slowModeSeconds * 1000);
}

function isEmpty(object: object): boolean {
  for (const _ in object) return false;
  return true;
}

function remembered<Value>(known: Map<string, Value | null>, key: string, find: () => Value | null): Value | null {
  const value = known.get(key);
  if (value !== undefined) return value;
  const found = find();
  known.set(key, found);
  return found;
}
