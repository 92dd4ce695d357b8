import { and, eq, inArray, or, sql, type Placeholder, type SQL } from 'drizzle-orm';
import type { Config } from '../../config.ts';
import { isBanned } from '../../kernel/banned.ts';
import { fail } from '../../kernel/errors.ts';
import { membershipsIn, personColumns, type MembershipRow, type PersonRow } from '../../kernel/person-columns.ts';
import type { Db, Tables } from '../../kernel/ports.ts';
import { newId } from '../../lib/id.ts';
import { executeFor, placesOf, type ListSize } from '../../lib/prepared-list.ts';
import { truncate } from '../../lib/text.ts';
import { DEFAULT_ORGANISATION_SLUG, type Claims } from '../../wire/claims.ts';
import { defaultOrganisation, defaultOrganisationQuery, findDefaultOrganisation } from './default-organisation.ts';
import { enrolExternal } from './enrol.ts';

export type Provisioned = { userId: string; orgId: string };
type Where = { db: Db; tables: Tables };
type ProvisionConfig = Pick<Config, 'defaultOrganisation' | 'jwtCreateOrganisations'>;

const NAME_MAX_CODE_POINTS = 100;

/**
 * Makes the rows say what the claims say: organisation, person, membership. Runs in a transaction. The external id
 * belongs to the organisation, so the same `sub` in two of them is two people. First sights that race make one
 * person: both insert, the unique index lets one win, and both read.
 */
export async function provision(db: Db, tables: Tables, claims: Claims, config: ProvisionConfig, now: number): Promise<Provisioned> {
  const [known] = await recognise(db, tables, [claims]);
  if (known) return { userId: known.person.id, orgId: known.orgId };
  const org = organisationOf(claims);
  const orgId = (await findOrganisation(db, tables, org)) ?? (await createOrganisation(db, tables, org, config, now));
  // Enrolling would make a member of somebody who was shut out, for whoever lists the members.
  const found = (await findExternals(db, tables, org, [claims])).get(claims.sub);
  if (found && isBanned(found.person, now)) return fail('banned');
  const { sub: externalId, name, picture, role } = claims;
  await enrolExternal(db, tables, orgId, [{ externalId, name: name || null, avatarUrl: picture ?? null, role: role ?? 'member' }], now);
  return refresh(db, tables, claims, now);
}

/** The person of each of these claims, where nothing about them has to change; null otherwise. Only reads. */
export async function recognise(db: Db, tables: Tables, all: Claims[]): Promise<(External | null)[]> {
  const found = new Map<Claims, External>();
  for (const [org, claimed] of Map.groupBy(all, organisationOf)) {
    const people = await findExternals(db, tables, org, claimed);
    for (const claims of claimed) {
      const external = people.get(claims.sub);
      if (external && external.role !== null && Object.keys(differences(external, claims)).length === 0) found.set(claims, external);
    }
  }
  return all.map((claims) => found.get(claims) ?? null);
}

/** Somebody whom a host application names. `orgId` is the organisation that the name belongs to, `role` what they are there. */
type External = { person: PersonRow; orgId: string; role: string | null; memberships: MembershipRow[] };

/** Who is known by these external ids in the organisation that is claimed; null is the default one. */
async function findExternals(db: Db, tables: Tables, org: string | null, claimed: Pick<Claims, 'sub'>[]): Promise<Map<string, External>> {
  const externalIds = claimed.map(({ sub }) => sub);
  if (org === null) return byExternalId(await executeFor({ db, tables }, defaultExternalsStatement, externalIds));
  const orgId = await findOrganisation(db, tables, org);
  return byExternalId(orgId === null ? [] : await executeFor({ db, tables }, externalsStatement, externalIds, { orgId }));
}

/** One of each membership. */
type ExternalRow = { person: PersonRow; orgId: string | null; externalId: string | null; memberOf: string | null; role: string | null };

function byExternalId(rows: ExternalRow[]): Map<string, External> {
  const found = new Map<string, External>();
  for (const [externalId, all] of Map.groupBy(rows, (row) => row.externalId ?? '')) {
    const [first] = all;
    if (!first?.orgId) continue;
    const { person, orgId } = first;
    const memberships = membershipsIn(all);
    found.set(externalId, { person, orgId, memberships, role: memberships.find((one) => one.orgId === orgId)?.role ?? null });
  }
  return found;
}

const organisationOf = ({ org }: Pick<Claims, 'org'>): string | null => (!org || org === DEFAULT_ORGANISATION_SLUG ? null : org);

const externalsStatement = (where: Where, size: ListSize) => externalsIn(where, size, sql.placeholder('orgId')).prepare(`externals_${size}`);
const defaultExternalsStatement = (where: Where, size: ListSize) =>
  externalsIn(where, size, sql`(${defaultOrganisationQuery(where)})`).prepare(`default_externals_${size}`);

function externalsIn({ db, tables: { user, member } }: Where, size: ListSize, orgId: Placeholder | SQL) {
  return db
    .select({
      person: personColumns(user),
      orgId: user.externalOrgId,
      externalId: user.externalId,
      memberOf: member.organizationId,
      role: member.role,
    })
    .from(user)
    .leftJoin(member, eq(member.userId, user.id))
    .where(and(eq(user.externalOrgId, orgId), inArray(user.externalId, placesOf(size))));
}

/** What the claims say otherwise than the rows. Claims that are absent say nothing. */
function differences(
  { person, role: present }: Pick<External, 'person' | 'role'>,
  { name, picture, role }: Claims,
): { name?: string; image?: string; role?: string } {
  const shown = name && truncate(name, NAME_MAX_CODE_POINTS);
  return {
    ...(shown && shown !== person.name && { name: shown }),
    ...(picture && picture !== person.image && { image: picture }),
    ...(role && role !== present && { role }),
  };
}

/** An id comes before a slug that looks like it. */
async function findOrganisation(db: Db, tables: Tables, claimed: string | null): Promise<string | null> {
  if (claimed === null) return findDefaultOrganisation(db, tables);
  const { organization } = tables;
  const found = await db
    .select({ id: organization.id })
    .from(organization)
    .where(or(eq(organization.id, claimed), eq(organization.slug, claimed)));
  return (found.find(({ id }) => id === claimed) ?? found[0])?.id ?? null;
}

async function createOrganisation(db: Db, tables: Tables, claimed: string | null, config: ProvisionConfig, now: number): Promise<string> {
  if (claimed === null) return defaultOrganisation(db, tables, config, now);
  if (!config.jwtCreateOrganisations)
    return fail('forbidden', `The organisation "${claimed}" of the token does not exist, and JWT_CREATE_ORGANISATIONS is off.`);
  const { organization } = tables;
  await db
    .insert(organization)
    .values({ id: newId(), name: claimed, slug: claimed, createdAt: new Date(now) })
    .onConflictDoNothing({ target: organization.slug });
  return (await findOrganisation(db, tables, claimed)) ?? fail('internal');
}

async function refresh(db: Db, tables: Tables, claims: Claims, now: number): Promise<Provisioned> {
  const { user, member } = tables;
  const found = (await findExternals(db, tables, organisationOf(claims), [claims])).get(claims.sub) ?? fail('internal');
  const { person, orgId } = found;
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
