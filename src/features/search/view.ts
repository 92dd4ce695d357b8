import { and, eq, inArray } from 'drizzle-orm';
import type { Ctx } from '../../kernel/command.ts';
import type { Found } from '../../wire/search.ts';
import { plainRuns } from '../messages/plain.ts';
import { selectMessages, viewMessageFor } from '../messages/view.ts';
import { lowWaterOfAll } from '../receipts/low-water.ts';
import type { Hit } from './page.ts';
import { shownIn } from './shown.ts';
import { snippetOf } from './snippet.ts';

/** The hits as the caller sees them, in their order. */
export async function viewFound(ctx: Ctx, hits: Hit[]): Promise<Found[]> {
  if (hits.length === 0) return [];
  const { conversation, conversationMember: member, message } = ctx.tables;
  const conversationIds = [...new Set(hits.map((hit) => hit.conversationId))];
  const rows = await ctx.db
    .select({ conversation, membership: member })
    .from(member)
    .innerJoin(conversation, eq(conversation.id, member.conversationId))
    .where(and(eq(member.userId, ctx.actor.userId), inArray(member.conversationId, conversationIds)));
  const access = new Map(rows.map((row) => [row.conversation.id, row]));
  const lowWater = await lowWaterOfAll(ctx, conversationIds);
  const selected = await selectMessages(
    ctx,
    inArray(
      message.id,
      hits.map((hit) => hit.id),
    ),
  );
  const parts = new Map(selected.map((one) => [one.message.id, one]));
  const views: Found[] = [];
  for (const hit of hits) {
    const [found, how] = [parts.get(hit.id), access.get(hit.conversationId)];
    // Deleted, edited or left between two of these queries: what is shown must be what was found.
    if (!found || !how || how.membership.leftAt !== null || found.message.content.normalize('NFC') !== hit.text) continue;
    const view = viewMessageFor(ctx, how, found, lowWater.get(hit.conversationId) ?? null);
    const { text, ranges } = shownIn(hit, await plainRuns({ type: view.type, content: hit.text }));
    views.push({ ...view, snippet: snippetOf(text, ranges, ctx.config.searchSnippetLength) });
  }
  return views;
}
