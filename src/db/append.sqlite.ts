import type { Database } from 'bun:sqlite';
import type { Appended, Draft } from './append.ts';

/** Raw statements, because this path is what the product exists for. Runs inside the writer's transaction, in one tick. */
export function createAppend(db: Database) {
  const find = db.prepare<{ id: string; fingerprint: string | null }, [string, string, string]>(
    'select id, fingerprint from message where conversation_id = ? and sender_id = ? and client_id = ?',
  );
  const advance = db.prepare<{ orgId: string; seq: number; rev: number }, [string, string, number]>(
    `update conversation set last_seq = last_seq + 1, rev = rev + 1, last_message_at = ?3
     where id = ?1 and status = 'open' and exists (
       select 1 from conversation_member m
       where m.conversation_id = ?1 and m.user_id = ?2 and m.left_at is null
         and (m.role in ('owner', 'admin') or (m.role = 'member' and conversation.posting = 'members')))
     returning org_id as orgId, last_seq as seq, rev`,
  );
  const insert = db.prepare(
    `insert into message (id, conversation_id, org_id, seq, rev, sender_id, client_id, fingerprint, type, content, metadata, reply_to_id, created_at)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const moveOwnMarks = db.prepare('update conversation_member set read_seq = ?3, delivered_seq = ?3 where conversation_id = ?1 and user_id = ?2');

  function appendOne(draft: Draft, createdAt: number): Appended {
    const { id, conversationId, senderId, clientId } = draft;
    const first = find.get(conversationId, senderId, clientId);
    if (first) return { outcome: 'repeated', ...first };
    const place = advance.get(conversationId, senderId, createdAt);
    if (!place) return { outcome: 'refused' };
    const { orgId, seq, rev } = place;
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
    moveOwnMarks.run(conversationId, senderId, seq);
    return { outcome: 'stored', id, orgId, seq, rev };
  }

  return (drafts: Draft[], createdAt: number): Appended[] => drafts.map((draft) => appendOne(draft, createdAt));
}
