import { and, asc, eq, gt, gte, lte, or, sql } from 'drizzle-orm';
import { defineCommand, signedIn, type Ctx } from '../kernel/command.ts';
import { atMost } from '../kernel/errors.ts';
import { changes, conversationChangesInput, sync as syncView, syncInput, type Sync } from '../wire/sync.ts';
import { asMember, type Access } from './conversations/access.ts';
import { selectConversations, viewConversation, viewOwn } from './conversations/view.ts';
import { hiddenSince, notHidden, notHiddenBy } from './messages/hidden.ts';
import { partsOfMany } from './messages/parts.ts';
import { selectMessages, viewMessage, type MessageParts, type UserRow } from './messages/view.ts';
import { withOwnVotes } from './polls/own.ts';
import { lowWaterOf, type LowWater } from './receipts/low-water.ts';

export const conversationChanges = defineCommand({
  name: 'conversation.changes',
  summary: 'What changed in a conversation since a rev',
  description:
    'Each changed message once, in its present state, deletions as tombstones, in the order of `rev`. Where not `complete`, ask again with the `rev` of the answer.',
  http: [{ method: 'get', path: '/conversations/:conversationId/changes' }],
  input: conversationChangesInput,
  output: changes,
  limit: 'read',
  mode: 'read',
  examples: [{ summary: 'From the beginning', input: { conversationId: '{conversation}', since: 0 } }],
  allow: asMember,
  // The conversation was read before the messages, so a change in between is told again and never left out.
  async run(ctx, { conversationId, since, limit }, { conversation, membership }) {
    const hidden = since === 0 ? [] : await hiddenSince(ctx, membership, since);
    const { message } = ctx.tables;
    const size = limit ?? ctx.config.pageDefault;
    const rows = await selectMessages(
      ctx,
      and(
        eq(message.conversationId, conversationId),
        gt(message.rev, since),
        gte(message.seq, membership.historyFromSeq),
        notHidden(ctx, membership),
      ),
    )
      .orderBy(asc(message.rev))
      .limit(size + 1);
    const lowWater = await lowWaterOf(ctx, conversationId);
    const views = rows.slice(0, size).map((parts) => viewMessage(ctx, parts, lowWater));
    const items = await withOwnVotes(ctx, views);
    const complete = rows.length <= size;
    const last = items.at(-1)?.rev ?? since;
    return { items, hidden, rev: complete ? Math.max(conversation.rev, last) : last, complete };
  },
});

export const sync = defineCommand({
  name: 'sync',
  summary: 'Come back',
  description:
    'Say which `rev` you hold of each conversation; get what changed, what is new and what is gone. Connect the socket first and sync second, then nothing falls between. Another `epoch` than yours: the data was restored from a backup, everything comes anew.',
  http: [{ method: 'post', path: '/sync' }],
  input: syncInput,
  output: syncView,
  limit: 'read',
  mode: 'read',
  examples: [{ summary: 'For the first time', input: { conversations: {} } }],
  allow: signedIn,
  // Three queries at most, however many conversations; one more where something was deleted for oneself since, and one where polls changed.
  async run(ctx, input): Promise<Sync> {
    atMost('conversations', Object.keys(input.conversations).length, ctx.config.syncHeldMax, 'conversations');
    const epoch = ctx.epoch();
    const afresh = input.epoch !== undefined && input.epoch !== epoch;
    const held = new Map(afresh ? [] : Object.entries(input.conversations));
    const mine = await selectConversations(ctx, undefined);
    const all = mine.sort((a, b) => (b.conversation.lastMessageAt ?? 0) - (a.conversation.lastMessageAt ?? 0));
    const changed = all.filter(({ conversation }) => held.get(conversation.id) !== conversation.rev);
    const shown = changed.slice(0, ctx.config.syncConversationsMax);
    const shownIds = new Set(shown.map(({ conversation }) => conversation.id));
    const parted = await joinedAnew(ctx, shown, held);
    const since = shown.map(({ conversation, membership, lowWater }) => ({
      id: conversation.id,
      lowWater,
      // A client that holds more than there is comes from another epoch of this conversation: it starts anew, too.
      since: parted.has(conversation.id) || (held.get(conversation.id) ?? 0) > conversation.rev ? 0 : Math.max(0, held.get(conversation.id) ?? 0),
      from: membership.historyFromSeq,
      hides: membership.hiddenRev > 0,
    }));
    const hides = all.filter(({ conversation, membership }) => {
      const rev = held.get(conversation.id) ?? 0;
      return rev > 0 && membership.hiddenRev >= rev;
    });
    const members = new Set(all.map(({ conversation }) => conversation.id));
    return {
      epoch,
      conversations: shown.map((parts) => viewConversation(ctx, parts)),
      messages: await changedMessages(ctx, since, peopleIn(shown)),
      hidden: hides.length === 0 ? {} : await hiddenOf(ctx, hides, held),
      removed: Object.keys(input.conversations).filter((id) => !members.has(id) || parted.has(id)),
      marks: Object.fromEntries(
        all
          .filter(({ conversation }) => !shownIds.has(conversation.id) && held.has(conversation.id))
          .map(({ conversation, membership, peer, lowWater }) => [
            conversation.id,
            { ...viewOwn(conversation, membership, peer), receipts: lowWater.receipts },
          ]),
      ),
      complete: shown.length === changed.length,
    };
  },
});

/**
 * Conversations that the person left and joined again since, and where they may read less of the past than before, or may read more: what they hold is
 * not what they may read, and what is older than that changes no more. Only where somebody has read less than all; elsewhere nothing is missing.
 * A joining is told by a system message of the same moment, which keeps its `rev`.
 */
async function joinedAnew(ctx: Ctx, shown: Access[], held: Map<string, number>): Promise<Set<string>> {
  const { message } = ctx.tables;
  const changed = shown.flatMap(({ conversation: { id, historyFromMax }, membership: { rev, joinedAt } }) => {
    const since = held.get(id);
    return since !== undefined && rev > since && historyFromMax > 1 ? [{ id, since, rev, joinedAt }] : [];
  });
  if (changed.length === 0) return new Set();
  const which = changed.map(({ id, since, rev, joinedAt }) =>
    and(eq(message.conversationId, id), gt(message.rev, since), lte(message.rev, rev), eq(message.type, 'system'), eq(message.createdAt, joinedAt)),
  );
  const rows = await ctx.db
    .select({ id: message.conversationId, metadata: message.metadata })
    .from(message)
    .where(or(...which));
  return new Set(rows.filter(({ metadata }) => tellsJoining(metadata, ctx.actor.userId)).map(({ id }) => id));
}

function tellsJoining({ event, userIds }: Record<string, unknown>, userId: string): boolean {
  return event === 'member_added' && Array.isArray(userIds) && userIds.includes(userId);
}

/** What the person deleted for themselves in conversations of which this device holds an older `rev`, or the same. */
async function hiddenOf(ctx: Ctx, hides: Access[], held: Map<string, number>): Promise<Sync['hidden']> {
  const { hiddenMessage: hidden } = ctx.tables;
  const which = hides.map(({ conversation: { id } }) => and(eq(hidden.conversationId, id), gte(hidden.rev, held.get(id) ?? 0)));
  const rows = await ctx.db
    .select({ conversationId: hidden.conversationId, messageId: hidden.messageId })
    .from(hidden)
    .where(and(eq(hidden.userId, ctx.actor.userId), or(...which)));
  const answer: Sync['hidden'] = {};
  for (const { conversationId, messageId } of rows) (answer[conversationId] ??= []).push(messageId);
  return answer;
}

/** Who was read with the conversations: mostly everybody who wrote. */
function peopleIn(shown: { peer: UserRow | null; last: MessageParts | null }[]): UserRow[] {
  return shown.flatMap(({ peer, last }) => [peer, last?.sender].flatMap((person) => person ?? []));
}

type Since = { id: string; lowWater: LowWater; since: number; from: number; hides: boolean };

/** The first changed messages of each conversation, in the order of `rev`, with one query, and another where people wrote who are not `known` yet. */
async function changedMessages(ctx: Ctx, wanted: Since[], known: UserRow[]): Promise<Sync['messages']> {
  const answer: Sync['messages'] = Object.fromEntries(wanted.map(({ id }) => [id, { items: [], complete: true }]));
  if (wanted.length === 0) return answer;
  const { message } = ctx.tables;
  const perConversation = Math.max(1, Math.min(ctx.config.syncMessagesPerConversation, Math.floor(ctx.config.syncMessagesMax / wanted.length)));
  const values = sql.join(
    wanted.map(({ id, since, from }) => sql`(${id}, cast(${since} as bigint), cast(${from} as bigint))`),
    sql`, `,
  );
  const hides = wanted.some((one) => one.hides);
  // One more than fits, to know that there is more: where that one stands is found in an index, so nothing is ranked. The limit, which is
  // none, keeps Postgres from looking for it anew with every message.
  const newest = sql`(select m.rev from ${message} m where m.conversation_id = column1 and m.rev > column2 and m.seq >= column3
    ${hides ? sql`and ${notHiddenBy(ctx, { id: sql`m.id`, conversationId: sql`m.conversation_id` })}` : sql``} order by m.rev limit 1 offset ${perConversation})`;
  const spans = sql`(select column1 as id, column2 as since, column3 as first, coalesce(${newest}, ${Number.MAX_SAFE_INTEGER}) as newest
    from (values ${values}) as given limit ${wanted.length}) as span`;
  // Not by the index of seq: a long conversation has few messages that changed, and many that the person may read.
  const inSpan = sql`${message.conversationId} = span.id and ${message.rev} > span.since and ${message.rev} <= span.newest and ${message.seq} + 0 >= span.first`;
  const parts = await partsOfMany(ctx, spans, inSpan, hides ? notHiddenBy(ctx, message) : undefined, known);
  const rows = parts.sort((a, b) => a.message.rev - b.message.rev);
  const lowWater = new Map(wanted.map((one) => [one.id, one.lowWater]));
  const views = rows.map((parts) => viewMessage(ctx, parts, lowWater.get(parts.message.conversationId) ?? null));
  for (const view of await withOwnVotes(ctx, views)) {
    const entry = answer[view.conversationId];
    if (!entry) continue;
    if (entry.items.length === perConversation) entry.complete = false;
    else entry.items.push(view);
  }
  return answer;
}
