import type { SQL } from 'bun';
import type { Appended, Draft } from './append.ts';

/**
 * One statement a batch. Conversation rows are locked in id order, so batches of several processes never deadlock, and
 * the members after them: a locked row is read again as it is now, so a removal that committed while this statement
 * waited is seen.
 */
const APPEND = `
with input as materialized (
  select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[])
    with ordinality as t(id, conversation_id, sender_id, client_id, fingerprint, type, content, metadata, reply_to_id, org_ids, ord)
), repeated as materialized (
  select i.ord, m.id, m.fingerprint from input i
  join message m on m.conversation_id = i.conversation_id and m.sender_id = i.sender_id and m.client_id = i.client_id
), open_conversation as materialized (
  select c.id, c.org_id, c.last_seq, c.rev, c.posting from conversation c
  where c.id in (select conversation_id from input) and c.status = 'open'
  order by c.id for no key update
), poster as materialized (
  select m.conversation_id, m.user_id from conversation_member m
  join open_conversation c on c.id = m.conversation_id
  where (m.conversation_id, m.user_id) in (select conversation_id, sender_id from input)
    and m.left_at is null and (m.role in ('owner', 'admin') or (m.role = 'member' and c.posting = 'members'))
  order by m.conversation_id, m.user_id for no key update of m
), numbered as materialized (
  select i.*, c.org_id, row_number() over same as n, c.last_seq, c.rev from input i
  join open_conversation c on c.id = i.conversation_id
  join poster p on p.conversation_id = i.conversation_id and p.user_id = i.sender_id
  where not exists (select 1 from repeated r where r.ord = i.ord) and c.org_id = any (string_to_array(i.org_ids, ' '))
  window same as (partition by i.conversation_id order by i.ord)
), stored as (
  insert into message (id, conversation_id, org_id, seq, rev, sender_id, client_id, fingerprint, type, content, metadata, reply_to_id, created_at)
  select id, conversation_id, org_id, last_seq + n, rev + n, sender_id, client_id, fingerprint, type, content, metadata::json, reply_to_id, $11::bigint
  from numbered order by ord
), advanced as (
  update conversation c set last_seq = c.last_seq + k.n, rev = c.rev + k.n, last_message_at = $11::bigint
  from (select conversation_id, max(n) as n from numbered group by conversation_id) k where c.id = k.conversation_id
), marked as (
  update conversation_member m set read_seq = k.seq, delivered_seq = k.seq
  from (select conversation_id, sender_id, max(last_seq + n) as seq from numbered group by conversation_id, sender_id) k
  where m.conversation_id = k.conversation_id and m.user_id = k.sender_id
)
select ord::int as ord, id, org_id as "orgId", (last_seq + n)::text as seq, (rev + n)::text as rev, null as fingerprint, true as stored from numbered
union all
select ord::int, id, null, null, null, fingerprint, false from repeated`;

type Row = { ord: number; id: string; orgId: string; seq: string; rev: string; fingerprint: string | null; stored: boolean };

export function createAppend(sql: SQL) {
  const texts = (values: (string | null)[]) => sql.array(values, 'TEXT');

  return async (drafts: Draft[], createdAt: number, committed?: (outcomes: Appended[]) => void): Promise<Appended[]> => {
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
      createdAt,
    ]);
    const outcomes: Appended[] = drafts.map(() => ({ outcome: 'refused' }));
    for (const { ord, id, orgId, seq, rev, fingerprint, stored } of rows)
      outcomes[ord - 1] = stored ? { outcome: 'stored', id, orgId, seq: Number(seq), rev: Number(rev) } : { outcome: 'repeated', id, fingerprint };
    committed?.(outcomes);
    return outcomes;
  };
}
