import { and, eq, or, sql } from 'drizzle-orm';
import type { Config } from '../../config.ts';
import { isBanned } from '../../kernel/banned.ts';
import { fail } from '../../kernel/errors.ts';
import type { Db, Tables } from '../../kernel/ports.ts';
import { newId } from '../../lib/id.ts';
import { prepared } from '../../lib/prepared.ts';
import { truncate } from '../../lib/text.ts';
import { DEFAULT_ORGANISATION_SLUG, type Claims } from '../../wire/claims.ts';
import { defaultOrganisation, findDefaultOrganisation } from './default-organisation.ts';
import { enrolExternal } from './enrol.ts';

export type Provisioned = { userId: string; orgId: string };
type UserRow = Tables['user']['$inferSelect'];
type ProvisionConfig = Pick<Config, 'defaultOrganisation' | 'jwtCreateOrganisations'>;

const NAME_MAX_CODE_POINTS = 100;

/**
 * Makes the rows say what the claims say: organisation, person, membership. Runs in a transaction. The external id
 * belongs to the organisation, so the same `sub` in two of them is two people. First sights that race make one
 * person: both insert, the unique index lets one win, and both read.
 */
export async function provision(db: Db, tables: Tables, claims: Claims, config: ProvisionConfig, now: number): Promise<Provisioned> {
  const known = await recognise(db, tables, claims);
  if (known) return { userId: known.person.id, orgId: known.orgId };
  const orgId = (await findOrganisation(db, tables, claims.org)) ?? (await createOrganisation(db, tables, claims.org, config, now));
  // Enrolling would make a member of somebody who was shut out, for whoever lists the members.
  const found = await findExternal(db, tables, claims.sub, orgId);
  if (found && isBanned(found.person, now)) return fail('banned');
  const { sub: externalId, name, picture, role } = claims;
  await enrolExternal(db, tables, orgId, [{ externalId, name: name || null, avatarUrl: picture ?? null, role: role ?? 'member' }], now);
  return refresh(db, tables, claims, orgId, now);
}

/** The person, when nothing about them has to change; null otherwise. Only reads. */
export async function recognise(db: Db, tables: Tables, claims: Claims): Promise<{ person: UserRow; orgId: string } | null> {
  const orgId = await findOrganisation(db, tables, claims.org);
  const found = orgId && (await findExternal(db, tables, claims.sub, orgId));
  if (!orgId || !found || found.role === null) return null;
  return Object.keys(differences(found, claims)).length === 0 ? { person: found.person, orgId } : null;
}

type External = { person: UserRow; role: string | null };

async function findExternal(db: Db, tables: Tables, externalId: string, orgId: string): Promise<External | null> {
  const [found] = await prepared({ db, tables }, externalStatement).execute({ externalId, orgId });
  return found ?? null;
}

const externalStatement = ({ db, tables: { user, member } }: { db: Db; tables: Tables }) =>
  db
    .select({ person: user, role: member.role })
    .from(user)
    .leftJoin(member, and(eq(member.userId, user.id), eq(member.organizationId, sql.placeholder('orgId'))))
    .where(and(eq(user.externalOrgId, sql.placeholder('orgId')), eq(user.externalId, sql.placeholder('externalId'))))
    .prepare('external');

/** What the claims say otherwise than the rows. Claims that are absent say nothing. */
function differences({ person, role: present }: External, { name, picture, role }: Claims): { name?: string; image?: string; role?: string } {
  const shown = name && truncate(name, NAME_MAX_CODE_POINTS);
  return {
    ...(shown && shown !== person.name && { name: shown }),
    ...(picture && picture !== person.image && { image: picture }),
    ...(role && role !== present && { role }),
  };
}

/** An id comes before a slug that looks like it. */
async function findOrganisation(db: Db, tables: Tables, claimed: Claims['org']): Promise<string | null> {
  if (!claimed || claimed === DEFAULT_ORGANISATION_SLUG) return findDefaultOrganisation(db, tables);
  const { organization } = tables;
  const found = await db
    .select({ id: organization.id })
    .from(organization)
    .where(or(eq(organization.id, claimed), eq(organization.slug, claimed)));
  return (found.find(({ id }) => id === claimed) ?? found[0])?.id ?? null;
}

async function createOrganisation(db: Db, tables: Tables, claimed: Claims['org'], config: ProvisionConfig, now: number): Promise<string> {
  if (!claimed || claimed === DEFAULT_ORGANISATION_SLUG) return defaultOrganisation(db, tables, config, now);
  if (!config.jwtCreateOrganisations)
    return fail('forbidden', `The organisation "${claimed}" of the token does not exist, and JWT_CREATE_ORGANISATIONS is off.`);
  const { organization } = tables;
  await db
    .insert(organization)
    .values({ id: newId(), name: claimed, slug: claimed, createdAt: new Date(now) })
    .onConflictDoNothing({ target: organization.slug });
  return (await findOrganisation(db, tables, claimed)) ?? fail('internal');
}

async function refresh(db: Db, tables: Tables, claims: Claims, orgId: string, now: number): Promise<Provisioned> {
  const { user, member } = tables;
  const found = (await findExternal(db, tables, claims.sub, orgId)) ?? fail('internal');
  const { person } = found;
  const { role, ...profile } = differences(found, claims);
  if (Object.keys(profile).length > 0) {
    await db
      .update(user)
      .set({ ...profile, updatedAt: new Date(now) })
      .where(eq(user.id, person.id));
  }
  if (role) {
    await db
      .update(member)
      .set({ role })
      .where(and(eq(member.userId, person.id), eq(member.organizationId, orgId)));
  }
  return { userId: person.id, orgId };
}
