import { inArray } from 'drizzle-orm';
import type { Ctx } from '../../kernel/command.ts';
import { idAfter, idAt } from '../../lib/id.ts';
import { matchQuery, type Range, type Term } from '../../lib/search-query.ts';
import type { Place } from './place.ts';
import { readable, type Readable } from './readable.ts';
import type { Scope } from './scope.ts';
import { outstanding } from './outstanding.ts';

/** A message that matches. `score` never changes while its text does not, so the order of a window holds still. */
export type Hit = { id: string; conversationId: string; score: number; text: string; ranges: Range[] };
type Window = { hits: Hit[]; before: string | null; from: string | null; looked: number };

/**
 * The next so many hits, and where to go on (null: there are no more). Reads window after window until the page is full or
 * enough was looked at for one request; then the page is short, and the cursor goes on.
 */
export async function readPage(ctx: Ctx, scope: Scope, terms: Term[], place: Place, size: number): Promise<{ hits: Hit[]; next: Place | null }> {
  // Before the index: what is indexed meanwhile is found twice, not missed.
  const fresh = hitsIn(await outstanding(ctx, scope), terms);
  const hits: Hit[] = [];
  let at = place;
  let looked = 0;
  for (;;) {
    const window = await readWindow(ctx, scope, terms, at, fresh);
    const rest = window.hits.filter((hit) => comesAfter(hit, at.after));
    hits.push(...rest.slice(0, size - hits.length));
    const last = hits.at(-1);
    const all = rest.length === 0 || last === rest.at(-1);
    if (!all && last) return { hits, next: { before: window.before, from: window.from, after: { score: last.score, id: last.id } } };
    if (window.from === null) return { hits, next: null };
    at = { before: window.from, after: null };
    looked += window.looked;
    if (hits.length >= size || looked >= ctx.config.searchLookedAtMax) return { hits, next: at };
  }
}

async function readWindow(ctx: Ctx, scope: Scope, terms: Term[], { before, from }: Place, fresh: Hit[]): Promise<Window> {
  const size = ctx.config.searchCandidates;
  const isNew = from === undefined;
  const { orgIds, conversationIds, senderId, type } = scope;
  const ids = await ctx.search.find(ctx.db, {
    words: terms.flat().map(({ text, how }) => ({ text, prefix: how === 'prefix' })),
    orgIds,
    conversationIds,
    senderId,
    type,
    from: later(from ?? null, scope.after === null ? null : idAt(scope.after - CLOCKS_MS)),
    before: earlier(before, scope.before === null ? null : idAt(scope.before + CLOCKS_MS)),
    // A window with bounds holds what it held, and what was edited or indexed since.
    limit: isNew ? size : size + ctx.config.searchOutstandingMax,
  });
  const end = isNew ? (ids.length < size ? null : (ids.at(-1) ?? null)) : from;
  const inBounds = fresh.filter((hit) => (before === null || hit.id < before) && (end === null || hit.id >= end));
  const known = new Set(inBounds.map((hit) => hit.id));
  const found = hitsIn(
    await candidates(
      ctx,
      scope,
      ids.filter((id) => !known.has(id)),
    ),
    terms,
  );
  const hits = [...inBounds, ...found].sort((a, b) => b.score - a.score || (a.id < b.id ? 1 : -1));
  const newest = [ids[0], ...inBounds.map((hit) => hit.id)].reduce((a, b) => (a === undefined || (b !== undefined && b > a) ? b : a), undefined);
  return { hits, before: before ?? (newest === undefined ? null : idAfter(newest)), from: end, looked: ids.length };
}

/** Ids and `createdAt` come from one clock, but not in the same moment. */
const CLOCKS_MS = 3_600_000;
const later = (a: string | null, b: string | null): string | null => (a === null || (b !== null && b > a) ? b : a);
const earlier = (a: string | null, b: string | null): string | null => (a === null || (b !== null && b < a) ? b : a);

async function candidates(ctx: Ctx, scope: Scope, ids: string[]): Promise<Readable[]> {
  return ids.length === 0 ? [] : readable(ctx, scope, inArray(ctx.tables.message.id, ids));
}

function hitsIn(messages: Readable[], terms: Term[]): Hit[] {
  return messages.flatMap(({ id, conversationId, content, createdAt }) => {
    const text = content.normalize('NFC');
    const match = matchQuery(terms, text);
    return match ? { id, conversationId, text, ranges: match.ranges, score: Math.log(match.relevance) + createdAt / FADING_MS } : [];
  });
}

/** A message that is so much older must fit e times as well to come before. */
const FADING_MS = 30 * 24 * 3_600_000;

const comesAfter = (hit: Hit, after: Place['after'] | undefined): boolean =>
  !after || hit.score < after.score || (hit.score === after.score && hit.id < after.id);
