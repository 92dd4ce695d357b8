import { and, desc, eq, lt, or } from 'drizzle-orm';
import { z } from 'zod';
import { defineCommand, signedIn, type Ctx } from '../../kernel/command.ts';
import { placeIn } from '../../kernel/cursor.ts';
import { topics } from '../../kernel/effects.ts';
import { atMost, fail, invalid } from '../../kernel/errors.ts';
import { encodeCursor } from '../../lib/cursor.ts';
import { block as blockView, blockInput, blockList as blockPage, blockListInput, type Block } from '../../wire/blocks.ts';
import { text } from '../../wire/common.ts';
import { viewPerson } from '../conversations/view.ts';
import { setBlocked, shareDirect } from '../conversations/blocked.ts';
import { blocksBetween, lockPair } from './blocked.ts';
import { seekPerson, type UserRow } from './find.ts';

export const blockAdd = defineCommand({
  name: 'block.add',
  summary: 'Block a person',
  description:
    'In every organisation: no direct messages between you two, and they see you offline. Groups stay as they are. They are not told; all they find is that they cannot message you.',
  http: [{ method: 'put', path: '/blocks/:userId', status: 201 }],
  input: blockInput,
  output: blockView,
  limit: 'write',
  mode: 'write',
  examples: [{ summary: 'Block', input: { userId: '{person}' } }],
  allow: signedIn,
  async run(ctx, { userId: ref }) {
    const person = await seekPerson(ctx, [...ctx.actor.orgs.keys()], ref);
    if (!person) return fail('not_found', 'There is no such person in your organisations.');
    if (person.id === ctx.actor.userId) invalid('userId', 'that is you; name another person');
    return (await findBlock(ctx, person)) ?? (await add(ctx, person));
  },
});

export const blockRemove = defineCommand({
  name: 'block.remove',
  summary: 'Unblock a person',
  description: 'Where there is no block, nothing changes.',
  http: [{ method: 'delete', path: '/blocks/:userId', status: 204 }],
  input: blockInput,
  limit: 'write',
  mode: 'write',
  examples: [{ summary: 'Unblock', input: { userId: '{person}' } }],
  allow: signedIn,
  async run(ctx, { userId: ref }) {
    // Whoever left the organisation is still blocked, and found by their id.
    const { byMe } = await blocksBetween(ctx, [ref]);
    const userId = byMe.has(ref) ? ref : (await seekPerson(ctx, [...ctx.actor.orgs.keys()], ref))?.id;
    if (userId === undefined) return fail('not_found', 'There is no such person in your organisations.');
    await remove(ctx, userId);
  },
});

export const blockList = defineCommand({
  name: 'block.list',
  summary: 'List whom you block',
  description: 'The newest first.',
  http: [{ method: 'get', path: '/blocks' }],
  input: blockListInput,
  output: blockPage,
  limit: 'read',
  mode: 'read',
  examples: [{ summary: 'The first page', input: { limit: 20 } }],
  allow: signedIn,
  async run(ctx, { limit, cursor }) {
    const { block, user } = ctx.tables;
    const size = limit ?? ctx.config.pageDefault;
    const place = cursor === undefined ? null : placeIn(placeSchema, cursor);
    const older = place && or(lt(block.createdAt, place.at), and(eq(block.createdAt, place.at), lt(block.blockedId, place.id)));
    const rows = await ctx.db
      .select({ block, user })
      .from(block)
      .innerJoin(user, eq(user.id, block.blockedId))
      .where(and(eq(block.blockerId, ctx.actor.userId), older ?? undefined))
      .orderBy(desc(block.createdAt), desc(block.blockedId))
      .limit(size + 1);
    const items = rows.slice(0, size).map((row) => viewBlock(row.user, row.block.createdAt));
    const last = items.at(-1);
    return { items, cursor: rows.length > size && last ? encodeCursor({ at: last.createdAt, id: last.userId }) : null };
  },
});

const placeSchema = z.object({ at: z.number().int(), id: text.max(260) });

const viewBlock = (person: UserRow, createdAt: number): Block => ({ userId: person.id, user: viewPerson(person), createdAt });

async function findBlock(ctx: Ctx, person: UserRow): Promise<Block | null> {
  await lockPair(ctx, person.id);
  const { block } = ctx.tables;
  const [found] = await ctx.db
    .select()
    .from(block)
    .where(and(eq(block.blockerId, ctx.actor.userId), eq(block.blockedId, person.id)));
  if (!found) return null;
  ctx.nothingNew();
  return viewBlock(person, found.createdAt);
}

/** From the commit on the blocked one hears nothing of where the actor is; the last that they hear is that the actor is offline. */
async function add(ctx: Ctx, person: UserRow): Promise<Block> {
  const { block } = ctx.tables;
  const { userId: me } = ctx.actor;
  atMost('userId', (await ctx.db.$count(block, eq(block.blockerId, me))) + 1, ctx.config.blocksMax, 'blocked people');
  const { ofMe } = await blocksBetween(ctx, [person.id]);
  await ctx.db.insert(block).values({ blockerId: me, blockedId: person.id, createdAt: ctx.now });
  if (ofMe.size === 0) await setBlocked(ctx, person.id, true);
  ctx.effects.unsubscribe(person.id, topics.presence(me));
  ctx.effects.publish(topics.person(person.id), { type: 'presence.updated', data: { userId: me, status: 'offline', lastActiveAt: null } });
  const data = viewBlock(person, ctx.now);
  ctx.effects.publish(topics.person(me), { type: 'block.added', data });
  return data;
}

/** Where the other one blocks as well, nobody posts still. */
async function remove(ctx: Ctx, userId: string): Promise<void> {
  await lockPair(ctx, userId);
  const { block } = ctx.tables;
  const { userId: me } = ctx.actor;
  const removed = await ctx.db
    .delete(block)
    .where(and(eq(block.blockerId, me), eq(block.blockedId, userId)))
    .returning();
  if (removed.length === 0) return;
  const { ofMe } = await blocksBetween(ctx, [userId]);
  if (ofMe.size === 0) await setBlocked(ctx, userId, false);
  if (await shareDirect(ctx, userId)) showPresence(ctx, userId);
  ctx.effects.publish(topics.person(me), { type: 'block.removed', data: { userId } });
}

/** To a peer of a direct conversation presence comes by itself again, beginning with how it is now. */
function showPresence(ctx: Ctx, userId: string): void {
  const { userId: me, hidePresence } = ctx.actor;
  ctx.effects.subscribe(userId, topics.presence(me));
  const [now] = hidePresence ? [] : ctx.presence.get([me]);
  if (now) ctx.effects.publish(topics.person(userId), { type: 'presence.updated', data: now });
}
