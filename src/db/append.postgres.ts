import type { SQL } from 'bun';
import { newId } from '../lib/id.ts';
import { STORED_JOB, type Appended, type AppendTimes, type Draft, type Threaded } from './append.ts';

/**
 * One statement a batch. Conversation rows are locked in id order, so batches of several processes never deadlock, and
 * the members after them: a locked row is read again as it is now, so a removal that committed while this statement
 * waited is seen. So is the deletion of a quoted message.
 *
 * Rows are found one at a time through an index, for `limit` leaves the planner no other way. It cannot know how many messages
 * will come, takes them for ten, and would compare each of a thousand with everything. What is for threads and for quotes alone
 * is left out of the statement where a batch has none: a plan costs by its parts, whether they find anything or not.
 */
const appendOf = (threads: boolean, quotes: boolean): string => `
with input as materialized (
  select t.*, case when t.thread_id is null then 1 else 2 end as cost, r.id as first_id, r.fingerprint as first_fingerprint
  from rows from (json_to_recordset($1::text::json) as (id text, "conversationId" text, "senderId" text, "clientId" text, fingerprint text,
    type text, content text, metadata text, "replyToId" text, "orgIds" text, "threadId" text, "alsoToConversation" boolean, mentions text,
    "forwardedFrom" text, "apiKeyId" text, poll text)) with ordinality as t(id, conversation_id, sender_id, client_id, fingerprint,
      type, content, metadata, reply_to_id, org_ids, thread_id, also_to_conversation, mentions, forwarded_from, api_key_id, poll, ord)
  left join lateral (
    select id, fingerprint, conversation_id, sender_id, client_id from message
    where (conversation_id, sender_id, client_id) >= (t.conversation_id, t.sender_id, t.client_id)
    order by conversation_id, sender_id, client_id limit 1
  ) r on (r.conversation_id, r.sender_id, r.client_id) = (t.conversation_id, t.sender_id, t.client_id)
), open_to as materialized (
  select i.*, c.* from (select * from input where first_id is null order by conversation_id) i, lateral (
    select org_id, last_seq, rev as last_rev, posting, slow_mode_seconds from conversation
    where id = i.conversation_id and status = 'open' limit 1 for no key update
  ) c where c.org_id = any (string_to_array(i.org_ids, ' '))
), allowed as materialized (
  select i.*, i.slow_mode_seconds > 0 and m.role = 'member' as slow, ${quotes ? 'q.deleted_at' : 'null'} as quote_deleted_at
  from (select * from open_to order by conversation_id, sender_id) i, lateral (
    select role from conversation_member
    where conversation_id = i.conversation_id and user_id = i.sender_id
      and left_at is null and not blocked and (role in ('owner', 'admin') or (role = 'member' and i.posting = 'members'
        and (i.slow_mode_seconds = 0 or abs($2::bigint - coalesce(last_sent_at, 0)) >= i.slow_mode_seconds * 1000)))
    limit 1 for no key update
  ) m ${quotes ? QUOTED : ''}
), numbered as materialized (
  select a.*, last_seq + row_number() over same as seq, last_rev + sum(cost) over same - cost + 1 as rev from allowed a
  where not slow or not exists (
    select from allowed b where b.conversation_id = a.conversation_id and b.sender_id = a.sender_id and b.ord < a.ord
  )
  window same as (partition by conversation_id order by ord)
), stored as (
  insert into message (id, conversation_id, org_id, seq, rev, sender_id, client_id, fingerprint, type, content, metadata, reply_to_id, created_at,
    thread_id, also_to_conversation, mentions, forwarded_from, api_key_id, poll)
  select id, conversation_id, org_id, seq, rev, sender_id, client_id, fingerprint, type, content, metadata::json, reply_to_id, $2::bigint,
    thread_id, also_to_conversation, mentions::json, forwarded_from::json, api_key_id, poll::json
  from numbered
), advanced as (
  update conversation c set last_seq = k.last, rev = k.rev, last_message_at = $2::bigint
  from (select conversation_id, min(seq) as first, max(seq) as last, max(rev + cost - 1) as rev from numbered group by conversation_id) k
  where c.id = k.conversation_id
  returning c.id as "conversationId", k.first, k.last
), marked as (
  update conversation_member m set read_seq = k.seq, delivered_seq = k.seq, last_sent_at = $2::bigint
  from (select conversation_id, sender_id, max(seq) as seq from numbered group by conversation_id, sender_id) k
  where m.conversation_id = k.conversation_id and m.user_id = k.sender_id
), job as (
  insert into outbox (id, kind, payload, due_at, created_at)
  select $4, $5, json_build_object('spans', json_agg(a)), $3::bigint, $2::bigint from advanced a having count(*) > 0
)${threads ? THREADS : ''}
select ord::int as ord, id, org_id as "orgId", seq::text as seq, rev::text as rev, quote_deleted_at::text as "quoteDeletedAt",
  null as fingerprint, null as replies
from numbered
union all select ord::int, first_id, null, null, null, null, first_fingerprint, null from input where first_id is not null
${threads ? 'union all select null, id, null, null, null, null, null, replies::text from thread' : ''}`;

const QUOTED = `left join lateral (select deleted_at from message where id = i.reply_to_id limit 1 for share) q on true`;

const THREADS = `, thread as (
  update message m set rev = k.rev, reply_count = m.reply_count + k.replies, last_reply_at = $2::bigint
  from (select conversation_id, thread_id, max(rev) + 1 as rev, count(*) as replies from numbered where thread_id is not null
    group by conversation_id, thread_id) k
  where m.conversation_id = k.conversation_id and m.id = k.thread_id
  returning m.id, m.reply_count - k.replies as replies
), thread_marked as (
  insert into thread_read (thread_id, user_id, conversation_id, org_id, read_seq)
  select thread_id, sender_id, conversation_id, org_id, max(seq) from numbered where thread_id is not null
  group by thread_id, sender_id, conversation_id, org_id
  on conflict (thread_id, user_id) do update set read_seq = excluded.read_seq
)`;

/** A stored message has an `orgId`, a repeated one has none, and a thread, with the replies that it had before, has no `ord`. */
type Row = {
  ord: number | null;
  id: string;
  orgId: string | null;
  seq: string;
  rev: string;
  quoteDeletedAt: string | null;
  fingerprint: string | null;
  replies: string | null;
};

export function createAppend(sql: SQL) {
  return async (drafts: Draft[], { createdAt, jobDueAt }: AppendTimes, committed?: (outcomes: Appended[]) => void): Promise<Appended[]> => {
    const threads = drafts.some((draft) => draft.threadId !== null);
    const quotes = drafts.some((draft) => draft.replyToId !== null);
    const input = JSON.stringify(drafts.map(inputOf));
    const rows: Row[] = await sql.unsafe(appendOf(threads, quotes), [input, createdAt, jobDueAt, newId(), STORED_JOB]);
    const outcomes = outcomesOf(drafts, rows);
    committed?.(outcomes);
    return outcomes;
  };
}

/** What people wrote as JSON is a text within the JSON: read in place, an escaped NUL in it would be refused. */
function inputOf(draft: Draft): Record<string, unknown> {
  const { forwardedFrom, poll } = draft;
  return {
    id: draft.id,
    conversationId: draft.conversationId,
    senderId: draft.senderId,
    clientId: draft.clientId,
    fingerprint: draft.fingerprint,
    type: draft.type,
    content: draft.content,
    metadata: JSON.stringify(draft.metadata),
    replyToId: draft.replyToId,
    orgIds: draft.orgIds.join(' '),
    threadId: draft.threadId,
    alsoToConversation: draft.alsoToConversation,
    mentions: JSON.stringify(draft.mentions),
    forwardedFrom: forwardedFrom && JSON.stringify(forwardedFrom),
    apiKeyId: draft.apiKeyId,
    poll: poll && JSON.stringify(poll),
  };
}

function outcomesOf(drafts: Draft[], rows: Row[]): Appended[] {
  const byOrd = new Map(rows.map((row) => [row.ord, row]));
  const replies = new Map(rows.flatMap((row) => (row.ord === null ? [[row.id, Number(row.replies)] as const] : [])));
  return drafts.map(({ threadId }, i): Appended => {
    const row = byOrd.get(i + 1);
    if (!row) return { outcome: 'refused' };
    const { id, orgId, fingerprint, quoteDeletedAt } = row;
    if (orgId === null) return { outcome: 'repeated', id, fingerprint };
    const [seq, rev] = [Number(row.seq), Number(row.rev)];
    return {
      outcome: 'stored',
      id,
      orgId,
      seq,
      rev,
      thread: hungUnder(threadId, rev),
      quoteDeletedAt: quoteDeletedAt === null ? null : Number(quoteDeletedAt),
    };
  });

  /** In the order of the messages each counts one more. */
  function hungUnder(threadId: string | null, rev: number): Threaded | null {
    if (threadId === null) return null;
    const replyCount = (replies.get(threadId) ?? 0) + 1;
    replies.set(threadId, replyCount);
    return { rev: rev + 1, replyCount };
  }
}
