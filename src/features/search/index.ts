import { defineCommand, type Ctx } from '../../kernel/command.ts';
import { organisationsOf } from '../../kernel/actor.ts';
import { atMost, invalid } from '../../kernel/errors.ts';
import { parseQuery } from '../../lib/search-query.ts';
import { codePoints } from '../../lib/text.ts';
import { foundPage, searchInput } from '../../wire/search.ts';
import { findAccess } from '../conversations/access.ts';
import { readPage } from './page.ts';
import { decodePlace, encodePlace } from './place.ts';
import { scopeOf } from './scope.ts';
import { viewFound } from './view.ts';

export const messageSearch = defineCommand({
  name: 'message.search',
  summary: 'Search the messages that you may read',
  description:
    'Words match whatever their accents and case, in any script. The best come first, and newer ones before older: the newest SEARCH_CANDIDATES matches are ranked together, then the next. Deleted messages and those that you hid are not found, an edited one is found by its present text.',
  http: [
    { method: 'get', path: '/search' },
    { method: 'get', path: '/conversations/:conversationId/search' },
  ],
  input: searchInput,
  output: foundPage,
  limit: 'read',
  mode: 'read',
  examples: [
    { summary: 'Everywhere', input: { q: 'hello', limit: 20 } },
    { summary: 'In one conversation, a phrase', input: { conversationId: '{conversation}', q: '"hello"', from: 'me', after: '2020-01-01' } },
  ],
  async allow(ctx, input) {
    const conversationId = input.conversationId ?? input.in;
    if (input.in !== undefined && input.in !== conversationId) invalid('in', 'not together with another conversationId');
    if (conversationId !== undefined) await findAccess(ctx, conversationId);
    return { conversationId: conversationId ?? null, orgIds: organisationsOf(ctx.actor, input.orgId) };
  },
  async run(ctx, input, where) {
    const terms = termsOf(ctx, input.q);
    const place = decodePlace(input.cursor);
    const scope = await scopeOf(ctx, where, input);
    if (scope === null) return { items: [], cursor: null };
    const { hits, next } = await readPage(ctx, scope, terms, place, input.limit ?? ctx.config.pageDefault);
    return { items: await viewFound(ctx, hits), cursor: encodePlace(next) };
  },
});

function termsOf(ctx: Ctx, q: string) {
  atMost('q', codePoints(q), ctx.config.searchQueryMaxCodePoints, 'code points');
  const { terms, words } = parseQuery(q);
  if (terms.length === 0) invalid('q', 'needs a letter, a number or a pictograph to search for');
  atMost('q', words, ctx.config.searchWordsMax, 'words');
  return terms;
}
