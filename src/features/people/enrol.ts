import { and, eq, inArray } from 'drizzle-orm';
import type { Ctx } from '../../kernel/command.ts';
import type { Db, Tables } from '../../kernel/ports.ts';
import { newId } from '../../lib/id.ts';
import { truncate } from '../../lib/text.ts';
import type { OrgRole } from '../../wire/person.ts';

/** Somebody whom the host application knows. `name` null: by their id. */
export type Enrolment = { externalId: string; name: string | null; avatarUrl: string | null; role: OrgRole };

/** The reason of the ban of somebody whom `person.remove` removed; only `person.upsert` lifts it, and it lifts no other. */
export const REMOVED = 'removed from the organisation';

const NAME_MAX_CODE_POINTS = 100;

/**
 * Inserts who is not there yet, and makes members of those who are none. Of two first sights that race one makes the person: both
 * insert, the unique index lets one win, and both read. The e-mail address can reach nobody: `.invalid` never resolves (RFC 2606).
 */
export async function enrolExternal(db: Db, { user, member }: Tables, orgId: string, people: Enrolment[], now: number): Promise<void> {
  if (people.length === 0) return;
  const at = new Date(now);
  const rows = people.map(({ externalId, name, avatarUrl }) => {
    const id = newId();
    const shown = truncate(name ?? (externalId.split('@')[0] || externalId), NAME_MAX_CODE_POINTS);
    return { id, name: shown, image: avatarUrl, email: `${id}@external.invalid`, externalId, externalOrgId: orgId, createdAt: at, updatedAt: at };
  });
  await db
    .insert(user)
    .values(rows)
    .onConflictDoNothing({ target: [user.externalOrgId, user.externalId] });
  const roles = new Map(people.map(({ externalId, role }) => [externalId, role]));
  const found = await db
    .select({ id: user.id, externalId: user.externalId })
    .from(user)
    .where(and(eq(user.externalOrgId, orgId), inArray(user.externalId, [...roles.keys()])));
  await db
    .insert(member)
    .values(
      found.map(({ id, externalId }) => ({
        id: newId(),
        organizationId: orgId,
        userId: id,
        role: roles.get(externalId ?? '') ?? 'member',
        createdAt: at,
      })),
    )
    .onConflictDoNothing({ target: [member.organizationId, member.userId] });
}

/** Only those of whom there is no trace: whoever left, or was removed, is not brought back by being named. */
export async function enrolUnseen(db: Db, tables: Tables, orgId: string, externalIds: string[], now: number): Promise<void> {
  if (externalIds.length === 0) return;
  const { user } = tables;
  const seen = await db
    .select({ externalId: user.externalId })
    .from(user)
    .where(and(eq(user.externalOrgId, orgId), inArray(user.externalId, externalIds)));
  const known = new Set(seen.map(({ externalId }) => externalId));
  const unseen = [...new Set(externalIds)].filter((externalId) => !known.has(externalId));
  await enrolExternal(
    db,
    tables,
    orgId,
    unseen.map((externalId) => ({ externalId, name: null, avatarUrl: null, role: 'member' })),
    now,
  );
}

/** The people whom the host application names in a writing command, through a key that may create them. */
export async function enrolNamed(ctx: Ctx, orgId: string, refs: string[]): Promise<void> {
  const { grant } = ctx.actor;
  if (!grant?.scopes.has('people:write') || grant.orgId !== orgId) return;
  const externalIds = refs.flatMap((ref) => (ref.startsWith('ext:') ? [ref.slice('ext:'.length)] : []));
  await enrolUnseen(ctx.db, ctx.tables, orgId, externalIds.filter(isExternalId), ctx.now);
}

const isExternalId = (externalId: string): boolean => externalId.length > 0 && externalId.length <= 255;
