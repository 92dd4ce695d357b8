import { and, eq, inArray, isNull, ne } from 'drizzle-orm';
import { alias } from '../../db/alias.ts';
import { executeFor, placesOf, type ListSize } from '../../lib/prepared-list.ts';
import { defineCommand, signedIn, type Ctx } from '../../kernel/command.ts';
import { topics } from '../../kernel/effects.ts';
import { atMost, fail, invalid } from '../../kernel/errors.ts';
import type { Presence } from '../../wire/person.ts';
import { presenceAnswer, presenceGetInput, presenceList as presencePage, presenceSetInput, presenceWatchInput } from '../../wire/presence.ts';
import { blocksBetween } from './blocked.ts';
import { seekVisible, type UserRow } from './find.ts';

export const presenceGet = defineCommand({
  name: 'presence.get',
  summary: 'Who is there',
  description:
    'Only people who share an organisation with you, and for guests a conversation; in a list others are left out, one alone is not found.',
  http: [
    { method: 'get', path: '/online-status' },
    { method: 'get', path: '/online-status/:userId' },
  ],
  input: presenceGetInput,
  output: presenceAnswer,
  limit: 'read',
  mode: 'read',
  examples: [
    { summary: 'Several people', input: { ids: ['{person}'] } },
    { summary: 'One person', input: { userId: '{person}' } },
  ],
  allow: signedIn,
  async run(ctx, { ids, userId }) {
    if (userId !== undefined) {
      const [found] = await presenceOf(ctx, await seekVisible(ctx, [userId]));
      return found ?? fail('not_found', 'There is no such person in your organisations.');
    }
    if (!ids) return invalid('ids', 'name the people');
    atMost('ids', ids.length, ctx.config.presenceWatchMax, 'people');
    return { items: await presenceOf(ctx, await seekVisible(ctx, ids)), cursor: null };
  },
});

export const presenceWatch = defineCommand({
  name: 'presence.watch',
  summary: 'Hear when these people come and go',
  description:
    'On this connection, in place of the former list. The peers of your direct conversations come by themselves. Answers how they are now.',
  input: presenceWatchInput,
  output: presencePage,
  limit: 'signal',
  mode: 'read',
  examples: [{ summary: 'One person', input: { userIds: ['{person}'] } }],
  allow: signedIn,
  async run(ctx, { userIds }) {
    atMost('userIds', userIds.length, ctx.config.presenceWatchMax, 'people');
    const people = userIds.length === 0 ? [] : await seekVisible(ctx, userIds);
    if (ctx.connectionId) await watch(ctx, ctx.connectionId, idsOf(people));
    return { items: await presenceOf(ctx, people), cursor: null };
  },
});

export const presenceSet = defineCommand({
  name: 'presence.set',
  summary: 'Say that you are away, or back',
  description: 'For this connection. A person is online while any of their devices is.',
  input: presenceSetInput,
  limit: 'signal',
  mode: 'read',
  examples: [{ summary: 'Away', input: { status: 'away' } }],
  allow: signedIn,
  run(ctx, { status }) {
    if (ctx.connectionId) ctx.presence.set(ctx.connectionId, status);
  },
});

const idsOf = (people: Pick<UserRow, 'id'>[]): string[] => people.map((person) => person.id);

/**
 * Looks at the blocks before and after: whoever blocks the actor between the two looks was subscribed to for a moment,
 * whoever does it after them takes the subscription away with their own commit.
 */
async function watch(ctx: Ctx, connectionId: string, userIds: string[]): Promise<void> {
  for (const _ of ['before', 'after']) {
    const { ofMe } = await blocksBetween(ctx, userIds);
    ctx.presence.watch(connectionId, userIds.filter((userId) => !ofMe.has(userId)).map(topics.presence));
  }
}

/** Whom of these people the actor may watch: people of their organisations who do not block them. */
export async function watchableIds(ctx: Pick<Ctx, 'db' | 'tables' | 'actor'>, userIds: string[]): Promise<string[]> {
  const { ofMe } = await blocksBetween(ctx, userIds);
  return idsOf(await seekVisible(ctx, userIds)).filter((userId) => !ofMe.has(userId));
}

/** The live state, or when they were last seen. Whoever hides is offline to everybody but themselves, and a blocker to whom they block. */
export async function presenceOf(ctx: Ctx, people: Pick<UserRow, 'id' | 'hidePresence' | 'lastActiveAt'>[]): Promise<Presence[]> {
  const { ofMe } = await blocksBetween(ctx, idsOf(people));
  const live = new Map(ctx.presence.get(people.map((person) => person.id)).map((presence) => [presence.userId, presence]));
  return people.map(({ id, hidePresence, lastActiveAt }) => {
    if ((hidePresence && id !== ctx.actor.userId) || ofMe.has(id)) return { userId: id, status: 'offline', lastActiveAt: null };
    const now = live.get(id);
    return now && now.status !== 'offline' ? now : { userId: id, status: 'offline', lastActiveAt: now?.lastActiveAt ?? lastActiveAt };
  });
}

/** The peers of these people's direct conversations: their presence comes without asking, unless they block them. */
export async function directPeers(where: Pick<Ctx, 'db' | 'tables'>, userIds: string[]): Promise<{ peerId: string; orgId: string }[][]> {
  const found = Map.groupBy(await executeFor(where, directPeersStatement, userIds), ({ userId }) => userId);
  return userIds.map((userId) => found.get(userId) ?? []);
}

function directPeersStatement({ db, tables }: Pick<Ctx, 'db' | 'tables'>, size: ListSize) {
  const { conversation, conversationMember: mine, block } = tables;
  const theirs = alias(mine, 'theirs');
  return db
    .select({ userId: mine.userId, peerId: theirs.userId, orgId: mine.orgId })
    .from(mine)
    .innerJoin(conversation, and(eq(conversation.id, mine.conversationId), eq(conversation.kind, 'direct')))
    .innerJoin(theirs, and(eq(theirs.conversationId, mine.conversationId), ne(theirs.userId, mine.userId), isNull(theirs.leftAt)))
    .leftJoin(block, and(eq(block.blockerId, theirs.userId), eq(block.blockedId, mine.userId)))
    .where(and(inArray(mine.userId, placesOf(size)), isNull(mine.leftAt), isNull(block.blockerId)))
    .prepare(`direct_peers_${size}`);
}
