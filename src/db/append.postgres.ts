import type { SQL } from 'bun';
import { newId } from '../lib/id.ts';
import { STORED_JOB, type Appended, type AppendTimes, type Draft } from './append.ts';

/**
 * One statement a batch. Conversation rows are locked in id order, so batches of several processes never deadlock, and
 * the members after them: a locked row is read again as it is now, so a removal that committed while this statement
 * waited is seen. So is the deletion of a quoted message.
 */
const APPEND = `
with input as materialized (
  select *, case when thread_id is null then 1 else 2 end as cost
  from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
    $11::text[], $12::boolean[], $13::text[], $14::text[], $15::text[], $20::text[])
    with ordinality as t(id, conversation_id, sender_id, client_id, fingerprint, type, content, metadata, reply_to_id, org_ids,
      thread_id, also_to_conversation, mentions, forwarded_from, api_key_id, poll, ord)
), repeated as materialized (
  select i.ord, m.id, m.fingerprint from input i, lateral (
    select id, fingerprint from message
    where conversation_id = i.conversation_id and sender_id = i.sender_id and client_id = i.client_id limit 1
  ) m
), open_conversation as materialized (
  select c.id, c.org_id, c.last_seq, c.rev, c.posting, c.slow_mode_seconds from conversation c
  where c.id in (select conversation_id from input) and c.status = 'open'
  order by c.id for no key update
), poster as materialized (
  select m.conversation_id, m.user_id, c.slow_mode_seconds > 0 and m.role = 'member' as slow from conversation_member m
  join open_conversation c on c.id = m.conversation_id
  where (m.conversation_id, m.user_id) in (select conversation_id, sender_id from input)
    and m.left_at is null and not m.blocked and (m.role in ('owner', 'admin') or (m.role = 'member' and c.posting = 'members'
      and (c.slow_mode_seconds = 0 or abs($16::bigint - coalesce(m.last_sent_at, 0)) >= c.slow_mode_seconds * 1000)))
  order by m.conversation_id, m.user_id for no key update of m
), allowed as materialized (
  select i.*, c.org_id, p.slow, row_number() over (partition by i.conversation_id, i.sender_id order by i.ord) as nth, c.last_seq, c.rev as old_rev
  from input i
  join open_conversation c on c.id = i.conversation_id
  join poster p on p.conversation_id = i.conversation_id and p.user_id = i.sender_id
  where not exists (select 1 from repeated r where r.ord = i.ord) and c.org_id = any (string_to_array(i.org_ids, ' '))
), numbered as materialized (
  select a.*, last_seq + row_number() over same as seq, old_rev + sum(cost) over same - cost + 1 as rev,
    row_number() over (partition by thread_id order by ord) as reply
  from allowed a where not slow or nth = 1
  window same as (partition by conversation_id order by ord)
), quoted as materialized (
  select q.id, q.deleted_at from (select distinct reply_to_id from allowed where reply_to_id is not null) a, lateral (
    select id, deleted_at from message where id = a.reply_to_id for share
  ) q
), stored as (
  insert into message (id, conversation_id, org_id, seq, rev, sender_id, client_id, fingerprint, type, content, metadata, reply_to_id, created_at,
    thread_id, also_to_conversation, mentions, forwarded_from, api_key_id, poll)
  select id, conversation_id, org_id, seq, rev, sender_id, client_id, fingerprint, type, content, metadata::json, reply_to_id, $16::bigint,
    thread_id, also_to_conversation, mentions::json, forwarded_from::json, api_key_id, poll::json
  from numbered order by ord
), advanced as (
  update conversation c set last_seq = k.seq, rev = k.rev, last_message_at = $16::bigint
  from (select conversation_id, max(seq) as seq, max(rev + cost - 1) as rev from numbered group by conversation_id) k where c.id = k.conversation_id
), marked as (
  update conversation_member m set read_seq = k.seq, delivered_seq = k.seq, last_sent_at = $16::bigint
  from (select conversation_id, sender_id, max(seq) as seq from numbered group by conversation_id, sender_id) k
  where m.conversation_id = k.conversation_id and m.user_id = k.sender_id
), thread as (
  update message m set rev = k.rev, reply_count = m.reply_count + k.replies, last_reply_at = $16::bigint
  from (select conversation_id, thread_id, max(rev) + 1 as rev, count(*) as replies from numbered where thread_id is not null
    group by conversation_id, thread_id) k
  where m.conversation_id = k.conversation_id and m.id = k.thread_id
  returning m.id, m.reply_count - k.replies as replies_before
), thread_marked as (
  insert into thread_read (thread_id, user_id, conversation_id, org_id, read_seq)
  select thread_id, sender_id, conversation_id, org_id, max(seq) from numbered where thread_id is not null
  group by thread_id, sender_id, conversation_id, org_id
  on conflict (thread_id, user_id) do update set read_seq = excluded.read_seq
), job as (
  insert into outbox (id, kind, payload, due_at, created_at)
  select $18, $19, json_build_object('spans', json_agg(k)), $17::bigint, $16::bigint
  from (select conversation_id as "conversationId", min(seq) as first, max(seq) as last from numbered group by conversation_id) k
  having count(*) > 0
)
select n.ord::int as ord, n.id, n.org_id as "orgId", n.seq::text as seq, n.rev::text as rev, (t.replies_before + n.reply)::text as replies,
  q.deleted_at::text as "quoteDeletedAt", null as fingerprint, true as stored
from numbered n left join thread t on t.id = n.thread_id left join quoted q on q.id = n.reply_to_id
union all
select ord::int, id, null, null, null, null, null, fingerprint, false from repeated`;

type Row = {
  ord: number;
  id: string;
  orgId: string;
  seq: string;
  rev: string;
  replies: string | null;
  quoteDeletedAt: string | null;
  fingerprint: string | null;
  stored: boolean;
};

export function createAppend(sql: SQL) {
  const texts = (values: (string | null)[]) => sql.array(values, 'TEXT');

  return async (drafts: Draft[], { createdAt, jobDueAt }: AppendTimes, committed?: (outcomes: Appended[]) => void): Promise<Appended[]> => {
    const rows: Row[] = await sql.unsafe(APPEND, [
      texts(drafts.map((draft) => draft.id)),
      texts(drafts.map((draft) => draft.conversationId)),
      texts(drafts.map((draft) => draft.senderId)),
      texts(drafts.map((draft) => draft.clientId)),
      texts(drafts.map((draft) => draft.fingerprint)),
      texts(drafts.map((draft) => draft.type)),
      texts(drafts.map((draft) => draft.content)),
      texts(drafts.map((draft) => JSON.stringify(draft.metadata))),
      texts(drafts.map((draft) => draft.replyToId)),
      texts(drafts.map((draft) => draft.orgIds.join(' '))),
      texts(drafts.map((draft) => draft.threadId)),
      sql.array(
        drafts.map((draft) => draft.alsoToConversation),
        'BOOLEAN',
      ),
      texts(drafts.map((draft) => JSON.stringify(draft.mentions))),
      texts(drafts.map((draft) => draft.forwardedFrom && JSON.stringify(draft.forwardedFrom))),
      texts(drafts.map((draft) => draft.apiKeyId)),
      createdAt,
      jobDueAt,
      newId(),
      STORED_JOB,
      texts(drafts.map((draft) => draft.poll && JSON.stringify(draft.poll))),
    ]);
    const outcomes: Appended[] = drafts.map(() => ({ outcome: 'refused' }));
    for (const row of rows) outcomes[row.ord - 1] = row.stored ? storedOf(row) : { outcome: 'repeated', id: row.id, fingerprint: row.fingerprint };
    committed?.(outcomes);
    return outcomes;
  };
}

function storedOf({ id, orgId, seq, rev, replies, quoteDeletedAt }: Row): Appended {
  const thread = replies === null ? null : { rev: Number(rev) + 1, replyCount: Number(replies) };
  return {
    outcome: 'stored',
    id,
    orgId,
    seq: Number(seq),
    rev: Number(rev),
    thread,
    quoteDeletedAt: quoteDeletedAt === null ? null : Number(quoteDeletedAt),
  };
}
