import type { Database } from 'bun:sqlite';
import type { Appended, Draft } from './append.ts';

type Conversation = { orgId: string; status: string; posting: string; lastSeq: number; rev: number };
type Poster = { conversationId: string; senderId: string; role: string; seq: number };

/**
 * Raw statements, because this path is what the product exists for. Runs inside the writer's transaction, in one tick: nobody else
 * writes meanwhile, so a conversation and its members are read once a batch and written once at its end.
 */
export function createAppend(db: Database) {
  const findRepeated = db.prepare<{ id: string; fingerprint: string | null }, [string, string, string]>(
    'select id, fingerprint from message where conversation_id = ? and sender_id = ? and client_id = ?',
  );
  const findConversation = db.prepare<Conversation, [string]>(
    'select org_id as orgId, status, posting, last_seq as lastSeq, rev from conversation where id = ?',
  );
  const findRole = db.prepare<{ role: string }, [string, string]>(
    'select role from conversation_member where conversation_id = ? and user_id = ? and left_at is null',
  );
  const insert = db.prepare(
    `insert into message (id, conversation_id, org_id, seq, rev, sender_id, client_id, fingerprint, type, content, metadata, reply_to_id, created_at)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const advance = db.prepare('update conversation set last_seq = ?2, rev = ?3, last_message_at = ?4 where id = ?1');
  const moveOwnMarks = db.prepare('update conversation_member set read_seq = ?3, delivered_seq = ?3 where conversation_id = ?1 and user_id = ?2');

  return (drafts: Draft[], createdAt: number): Appended[] => {
    const conversations = new Map<string, Conversation | null>();
    const posters = new Map<string, Poster | null>();
    const written = new Set<string>();

    function appendOne(draft: Draft): Appended {
      const { id, conversationId, senderId, clientId } = draft;
      const first = findRepeated.get(conversationId, senderId, clientId);
      if (first) return { outcome: 'repeated', ...first };
      const conversation = remembered(conversations, conversationId, () => findConversation.get(conversationId));
      const poster = remembered(posters, `${conversationId} ${senderId}`, () => {
        const member = findRole.get(conversationId, senderId);
        return member && { conversationId, senderId, role: member.role, seq: 0 };
      });
      if (!conversation || !poster || !draft.orgIds.includes(conversation.orgId) || !mayPost(conversation, poster.role))
        return { outcome: 'refused' };
      const { orgId } = conversation;
      const seq = ++conversation.lastSeq;
      const rev = ++conversation.rev;
      const metadata = JSON.stringify(draft.metadata);
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
      );
      poster.seq = seq;
      written.add(conversationId);
      return { outcome: 'stored', id, orgId, seq, rev };
    }

    const outcomes = drafts.map(appendOne);
    for (const id of written) {
      const conversation = conversations.get(id);
      if (conversation) advance.run(id, conversation.lastSeq, conversation.rev, createdAt);
    }
    for (const poster of posters.values()) if (poster && poster.seq > 0) moveOwnMarks.run(poster.conversationId, poster.senderId, poster.seq);
    return outcomes;
  };
}

/** The same rule as `post` in the kernel's policy. */
function mayPost({ status, posting }: Conversation, role: string): boolean {
  return status === 'open' && (role === 'owner' || role === 'admin' || (role === 'member' && posting === 'members'));
}

function remembered<Value>(known: Map<string, Value | null>, key: string, find: () => Value | null): Value | null {
  const value = known.get(key);
  if (value !== undefined) return value;
  const found = find();
  known.set(key, found);
  return found;
}
