import { eq, inArray, ne } from 'drizzle-orm';
import { z } from 'zod';
import type { Db } from '../../kernel/ports.ts';
import { newId } from '../../lib/id.ts';
import { isBanned } from '../../kernel/banned.ts';
import type { Change } from './changes.ts';
import type { IdentityPorts } from './index.ts';

/** A row of a watched table as better-auth reads it; which fields are there depends on the table. */
export type Matched = { id: string; userId?: string; token?: string; organizationId?: string; referenceId?: string };
type Membership = { orgId: string; userId: string };

/** Writes to these tables change who somebody is or what they may do. */
const WATCHED = new Set(['user', 'session', 'member', 'organization', 'apikey']);

/** Fields that are written because something was used, and say nothing about rights. */
const BOOKKEEPING: Record<string, string[]> = {
  session: ['updatedAt', 'expiresAt'],
  apikey: ['updatedAt', 'lastRequest', 'requestCount', 'remaining', 'lastRefillAt'],
};

/** Jobs in one insert; a statement takes a limited number of parameters. */
const JOBS_PER_INSERT = 500;

export const isWatched = (model: string): boolean => WATCHED.has(model);

const userData = z.looseObject({ isAnonymous: z.boolean().nullish() });
const rowWithId = z.object({ id: z.string() });
const memberRow = z.object({ userId: z.string() });

/** What follows from one write of better-auth, in the same transaction; and what to tell once it has committed. */
export function createConsequences({
  store,
  config,
  clock,
  defaultOrganisation,
}: Pick<IdentityPorts, 'store' | 'config' | 'clock' | 'defaultOrganisation'>) {
  const { user, member, organization, outbox, pushSubscription } = store.tables;

  return (db: Db) => {
    const changes: Change[] = [];
    let jobs = 0;
    let place: { orgId: string; role: 'owner' | 'member' } | null = null;

    const rights = (userId: string | undefined): void => {
      if (userId !== undefined) changes.push({ kind: 'rights', userId });
    };

    /** Fields that better-auth does not fill in. */
    async function creating(model: string, data: unknown): Promise<Record<string, unknown>> {
      if (model !== 'user') return {};
      const isGuest = userData.parse(data).isAnonymous === true;
      const isFirst = !isGuest && (await isFirstPerson());
      if (isFirst || config.joinDefaultOrganisation)
        place = { orgId: await defaultOrganisation(db, store.tables, config, clock.now()), role: isFirst ? 'owner' : 'member' };
      return { ...(isGuest && { kind: 'guest' }), ...(isFirst && { role: 'admin' }) };
    }

    async function created(model: string, row: unknown): Promise<void> {
      if (model === 'member') rights(memberRow.parse(row).userId);
      if (model !== 'user' || !place) return;
      const joined = {
        id: newId(),
        organizationId: place.orgId,
        userId: rowWithId.parse(row).id,
        role: place.role,
        createdAt: new Date(clock.now()),
      };
      await db.insert(member).values(joined).onConflictDoNothing();
    }

    /**
     * Whoever comes first owns the place; guests do not count, and never own it. Sign-ups into an empty database wait
     * for each other at the row of the default organisation, so that only one finds it empty.
     */
    async function isFirstPerson(): Promise<boolean> {
      if (await hasPerson()) return false;
      const orgId = await defaultOrganisation(db, store.tables, config, clock.now());
      await db.update(organization).set({ id: orgId }).where(eq(organization.id, orgId));
      return !(await hasPerson());
    }

    async function hasPerson(): Promise<boolean> {
      const found = await db.select({ id: user.id }).from(user).where(ne(user.kind, 'guest')).limit(1);
      return found.length > 0;
    }

    /** `rows` are those that matched before the update. */
    async function updated(model: string, rows: Matched[], fields: string[]): Promise<void> {
      if (rows.length === 0 || fields.every((field) => BOOKKEEPING[model]?.includes(field))) return;
      if (model === 'user') return usersUpdated(rows.map(({ id }) => id));
      for (const { userId, referenceId } of rows) rights(userId ?? referenceId);
    }

    async function usersUpdated(ids: string[]): Promise<void> {
      const people = await db.select({ id: user.id, banned: user.banned, banExpires: user.banExpires }).from(user).where(inArray(user.id, ids));
      const banned = people.filter((person) => isBanned(person, clock.now())).map((person) => person.id);
      if (banned.length > 0) await db.delete(pushSubscription).where(inArray(pushSubscription.userId, banned));
      for (const { id: userId } of people) changes.push({ kind: banned.includes(userId) ? 'banned' : 'rights', userId });
    }

    async function deleting(model: string, rows: Matched[]): Promise<void> {
      const ids = rows.map(({ id }) => id);
      switch (model) {
        case 'user':
          await left(await membershipsOf(inArray(member.userId, ids)));
          await db.delete(pushSubscription).where(inArray(pushSubscription.userId, ids));
          changes.push(...ids.map((userId) => ({ kind: 'user-deleted', userId }) as const));
          break;
        case 'organization':
          await left(await membershipsOf(inArray(member.organizationId, ids)));
          break;
        case 'member':
          await left(rows.flatMap(({ organizationId: orgId, userId }) => (orgId && userId ? [{ orgId, userId }] : [])));
          break;
        case 'session':
          // What a browser is pushed ends with the session in which it asked for that.
          await db.delete(pushSubscription).where(inArray(pushSubscription.sessionId, ids));
          changes.push(...rows.flatMap(({ userId, token }) => (userId && token ? [{ kind: 'session-ended', userId, token } as const] : [])));
          break;
        case 'apikey':
          for (const { referenceId } of rows) rights(referenceId);
      }
    }

    function membershipsOf(where: ReturnType<typeof eq>): Promise<Membership[]> {
      return db.select({ orgId: member.organizationId, userId: member.userId }).from(member).where(where);
    }

    /** They leave the conversations of the organisation soon after, by the outbox. */
    async function left(gone: Membership[]): Promise<void> {
      const now = clock.now();
      const rows = gone.map((payload) => ({ id: newId(), kind: 'organisation.left', payload, dueAt: now, createdAt: now }));
      for (let i = 0; i < rows.length; i += JOBS_PER_INSERT) await db.insert(outbox).values(rows.slice(i, i + JOBS_PER_INSERT));
      jobs += rows.length;
      for (const { userId } of gone) rights(userId);
    }

    return {
      creating,
      created,
      updated,
      deleting,
      changes: changes as readonly Change[],
      get jobs(): number {
        return jobs;
      },
    };
  };
}

export type Consequences = ReturnType<ReturnType<typeof createConsequences>>;
