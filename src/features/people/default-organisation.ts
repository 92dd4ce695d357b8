import { eq } from 'drizzle-orm';
import type { Config } from '../../config.ts';
import type { Db, Tables } from '../../kernel/ports.ts';
import { newId } from '../../lib/id.ts';
import { prepared } from '../../lib/prepared.ts';
import { DEFAULT_ORGANISATION_SLUG } from '../../wire/claims.ts';

const SETTING_KEY = 'default_organisation';

/**
 * The organisation that sign-ups join, made at first use. Two that come at once make one: the slug is unique, and
 * whoever loses reads the winner's. Its id is remembered, so it may be renamed, slug included.
 */
export async function defaultOrganisation(db: Db, tables: Tables, config: Pick<Config, 'defaultOrganisation'>, now: number): Promise<string> {
  const known = await findDefaultOrganisation(db, tables);
  if (known) return known;
  const { organization, setting } = tables;
  await db
    .insert(organization)
    .values({ id: newId(), name: config.defaultOrganisation, slug: DEFAULT_ORGANISATION_SLUG, createdAt: new Date(now) })
    .onConflictDoNothing({ target: organization.slug });
  const [found] = await db.select({ id: organization.id }).from(organization).where(eq(organization.slug, DEFAULT_ORGANISATION_SLUG));
  if (!found) throw new Error('the default organisation was neither made nor found');
  await db
    .insert(setting)
    .values({ key: SETTING_KEY, value: found.id })
    .onConflictDoUpdate({ target: setting.key, set: { value: found.id } });
  return found.id;
}

/** Null as long as nobody needed it. */
export async function findDefaultOrganisation(db: Db, tables: Tables): Promise<string | null> {
  const [found] = await prepared({ db, tables }, defaultStatement).execute();
  return found?.id ?? null;
}

/** Asked with each sign-in of a host application's person. */
export function defaultOrganisationQuery({ db, tables: { organization, setting } }: { db: Db; tables: Tables }) {
  return db
    .select({ id: organization.id })
    .from(setting)
    .innerJoin(organization, eq(organization.id, setting.value))
    .where(eq(setting.key, SETTING_KEY));
}

const defaultStatement = (where: { db: Db; tables: Tables }) => defaultOrganisationQuery(where).prepare('default_organisation');
