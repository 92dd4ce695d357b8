import { and, asc, eq, gt, gte, inArray, or, sql } from 'drizzle-orm';
import { defineCommand, signedIn, type Ctx } from '../kernel/command.ts';
import { atMost } from '../kernel/errors.ts';
import type { Receipts } from '../wire/conversations.ts';
import { changes, conversationChangesInput, sync as syncView, syncInput, type Sync } from '../wire/sync.ts';
import { asMember, type Access } from './conversations/access.ts';
import { selectConversations, viewConversation, viewOwn } from './conversations/view.ts';
import { hiddenSince, notHidden, notHiddenBy } from './messages/hidden.ts';
import { selectMessages, viewMessage } from './messages/view.ts';
import { withOwnVotes } from './polls/own.ts';
import { noReceipts, receiptsOf, receiptsOfAll } from './receipts/low-water.ts';

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
    const receipts = await receiptsOf(ctx, conversationId);
    const views = rows.slice(0, size).map((parts) => viewMessage(ctx, parts, receipts));
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
  // Three queries, however many conversations; one more where something was deleted for oneself since, and one where polls changed.
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
    const receipts = await receiptsOfAll(
      ctx,
      all.map(({ conversation }) => conversation.id),
    );
    const since = shown.map(({ conversation, membership }) => ({
      id: conversation.id,
      // A client that holds more than there is comes from another epoch of this conversation: it starts anew.
      since: Math.max(0, (held.get(conversation.id) ?? 0) > conversation.rev ? 0 : (held.get(conversation.id) ?? 0)),
      from: membership.historyFromSeq,
      hides: membership.hiddenRev > 0,
    }));
    const hides = all.filter(({ conversation, membership }) => {
      const rev = held.get(conversation.id) ?? 0;
      return rev > 0 && membership.hiddenRev >= rev;
    });
    const members = new Set(all.map(({ conversation }) => conversation.id));
    const parted = await joinedAnew(ctx, shown, held);
    return {
      epoch,
      conversations: shown.map((parts) => viewConversation(ctx, parts, receipts.get(parts.conversation.id) ?? noReceipts)),
      messages: await changedMessages(ctx, since, receipts),
      hidden: hides.length === 0 ? {} : await hiddenOf(ctx, hides, held),
      removed: Object.keys(input.conversations).filter((id) => !members.has(id) || parted.has(id)),
      marks: Object.fromEntries(
        all
          .filter(({ conversation }) => !shownIds.has(conversation.id) && held.has(conversation.id))
          .map(({ conversation, membership, peer }) => [
            conversation.id,
            { ...viewOwn(conversation, membership, peer), receipts: receipts.get(conversation.id) ?? noReceipts },
          ]),
      ),
      complete: shown.length === changed.length,
    };
  },
});

/**
 * Conversations that the person left and joined again since, and where they may not read any longer what is older than that. The
 * first message that they may read says that they joined; system messages keep their `rev`.
 */
async function joinedAnew(ctx: Ctx, shown: Access[], held: Map<string, number>): Promise<Set<string>> {
  const { message } = ctx.tables;
  const later = shown.filter(({ conversation, membership }) => membership.historyFromSeq > 1 && held.has(conversation.id));
  if (later.length === 0) return new Set();
  const first = later.map(({ conversation: { id }, membership }) => and(eq(message.conversationId, id), eq(message.seq, membership.historyFromSeq)));
  const rows = await ctx.db
    .select({ id: message.conversationId, rev: message.rev })
    .from(message)
    .where(or(...first));
  return new Set(rows.filter(({ id, rev }) => (held.get(id) ?? 0) < rev).map(({ id }) => id));
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

type Since = { id: string; since: number; from: number; hides: boolean };

/** The first changed messages of each conversation, in the order of `rev`, with one query. */
async function changedMessages(ctx: Ctx, wanted: Since[], receipts: Map<string, Receipts>): Promise<Sync['messages']> {
  const answer: Sync['messages'] = Object.fromEntries(wanted.map(({ id }) => [id, { items: [], complete: true }]));
  if (wanted.length === 0) return answer;
  const { message } = ctx.tables;
  const perConversation = Math.max(1, Math.min(ctx.config.syncMessagesPerConversation, Math.floor(ctx.config.syncMessagesMax / wanted.length)));
  const values = sql.join(
    wanted.map(({ id, since, from }) => sql`(${id}, ${since}, ${from})`),
    sql`, `,
  );
  const ranked = sql`select m.id, row_number() over (partition by m.conversation_id order by m.rev) as place
    from (values ${values}) as v join ${message} m
      on m.conversation_id = v.column1 and m.rev > cast(v.column2 as bigint) and m.seq >= cast(v.column3 as bigint)
      ${wanted.some(({ hides }) => hides) ? sql`where ${notHiddenBy(ctx, { id: sql`m.id`, conversationId: sql`m.conversation_id` })}` : sql``}`;
  const ids = sql`(select r.id from (${ranked}) r where r.place <= ${perConversation + 1})`;
  const rows = await selectMessages(ctx, inArray(message.id, ids)).orderBy(asc(message.rev));
  const views = rows.map((parts) => viewMessage(ctx, parts, receipts.get(parts.message.conversationId) ?? noReceipts));
  for (const view of await withOwnVotes(ctx, views)) {
    const entry = answer[view.conversationId];
    if (!entry) continue;
    if (entry.items.length === perConversation) entry.complete = false;
    else entry.items.push(view);
  }
  return answer;
}
