import { and, eq, inArray, isNull, or } from 'drizzle-orm';
import { alias } from '../../db/alias.ts';
import type { Ctx } from '../../kernel/command.ts';
import { fail, invalid } from '../../kernel/errors.ts';
import type { Tables } from '../../kernel/ports.ts';

type Looking = Pick<Ctx, 'db' | 'tables' | 'actor'>;
export type UserRow = Tables['user']['$inferSelect'];

const EXTERNAL = 'ext:';

/**
 * People of one organisation by id, or by `ext:<sub>`. Whoever is not in it does not exist: the answer for a
 * stranger and for an invented id is the same.
 */
export async function findPeople(ctx: Ctx, orgId: string, refs: string[], path: string): Promise<UserRow[]> {
  const { user, member } = ctx.tables;
  const rows = await ctx.db
    .select({ user })
    .from(user)
    .innerJoin(member, and(eq(member.userId, user.id), eq(member.organizationId, orgId)))
    .where(inArray(user.id, await idsOf(ctx, [orgId], refs)));
  const people = rows.map((row) => row.user);
  const known = new Set(people.flatMap(({ id, externalId }) => (externalId === null ? [id] : [id, `${EXTERNAL}${externalId}`])));
  refs.forEach((ref, i) => {
    if (!known.has(ref === 'me' ? ctx.actor.userId : ref))
      invalid(refs.length === 1 ? path : `${path}.${i}`, 'there is no such person in this organisation');
  });
  return people;
}

/** Whom the references name, in these organisations. In two steps: one condition for both kinds of names would read every member there is. */
export async function idsOf({ db, tables: { user, member }, actor }: Looking, orgIds: string[], refs: readonly string[]): Promise<string[]> {
  const ids = refs.filter((ref) => !ref.startsWith(EXTERNAL)).map((ref) => (ref === 'me' ? actor.userId : ref));
  const externalIds = refs.filter((ref) => ref.startsWith(EXTERNAL)).map((ref) => ref.slice(EXTERNAL.length));
  if (externalIds.length === 0) return ids;
  const found = await db
    .select({ id: user.id })
    .from(user)
    .innerJoin(member, and(eq(member.userId, user.id), eq(member.organizationId, user.externalOrgId)))
    .where(and(inArray(user.externalOrgId, orgIds), inArray(user.externalId, externalIds)));
  return [...ids, ...found.map(({ id }) => id)];
}

export async function findPerson(ctx: Ctx, orgId: string, ref: string): Promise<UserRow> {
  const found = await seekPerson(ctx, [orgId], ref);
  return found ?? fail('not_found', 'There is no such person in this organisation.');
}

/** The person behind a reference, in the first of these organisations that has them. */
export async function seekPerson(ctx: Ctx, orgIds: string[], ref: string): Promise<UserRow | null> {
  const { user, member } = ctx.tables;
  const who = ref.startsWith(EXTERNAL)
    ? and(eq(user.externalId, ref.slice(EXTERNAL.length)), eq(user.externalOrgId, member.organizationId))
    : eq(user.id, ref === 'me' ? ctx.actor.userId : ref);
  const [row] = await ctx.db
    .select({ user })
    .from(user)
    .innerJoin(member, eq(member.userId, user.id))
    .where(and(who, inArray(member.organizationId, orgIds)))
    .limit(1);
  return row?.user ?? null;
}

/** Those of the people who share an organisation with the actor. */
export async function seekPeople(ctx: Looking, refs: string[]): Promise<UserRow[]> {
  const { user, member } = ctx.tables;
  const orgIds = [...ctx.actor.orgs.keys()];
  const rows = await ctx.db
    .selectDistinct({ id: user.id })
    .from(user)
    .innerJoin(member, eq(member.userId, user.id))
    .where(and(inArray(member.organizationId, orgIds), inArray(user.id, await idsOf(ctx, orgIds, refs))));
  if (rows.length === 0) return [];
  return ctx.db
    .select()
    .from(user)
    .where(
      inArray(
        user.id,
        rows.map((row) => row.id),
      ),
    );
}

/** The same for whoever may look at them: a guest gets no directory, only the people whom they already talk to. */
export async function seekVisible(ctx: Looking, refs: string[]): Promise<UserRow[]> {
  const people = await seekPeople(ctx, refs);
  if (ctx.actor.kind !== 'guest' || people.length === 0) return people;
  const { user } = ctx.tables;
  const ids = people.map((person) => person.id);
  const known = await ctx.db
    .select({ id: user.id })
    .from(user)
    .where(and(inArray(user.id, ids), or(eq(user.id, ctx.actor.userId), inArray(user.id, sharingConversation(ctx)))));
  const visible = new Set(known.map(({ id }) => id));
  return people.filter(({ id }) => visible.has(id));
}

/** Everybody who is in a conversation with the actor, as a query. */
export function sharingConversation({ db, tables, actor }: Looking) {
  const { conversationMember: theirs } = tables;
  const mine = alias(theirs, 'mine');
  return db
    .select({ userId: theirs.userId })
    .from(theirs)
    .innerJoin(mine, and(eq(mine.conversationId, theirs.conversationId), eq(mine.userId, actor.userId), isNull(mine.leftAt)))
    .where(isNull(theirs.leftAt));
}
