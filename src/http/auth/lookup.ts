import { eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Actor } from '../../kernel/actor.ts';
import { fail } from '../../kernel/errors.ts';
import { createLoader } from '../../lib/loader.ts';
import { createLru } from '../../lib/lru.ts';
import { executeFor } from '../../lib/prepared-list.ts';
import { prepared } from '../../lib/prepared.ts';
import { ORGANISATION_KEY, type KeyGrant } from '../../kernel/organisation-key.ts';
import { highestRole } from '../../kernel/organisation-policy.ts';
import { membershipsIn, personColumns, type MembershipRow, type PersonRow } from '../../kernel/person-columns.ts';
import type { Tables } from '../../kernel/ports.ts';
import type { Claims } from '../../wire/claims.ts';
import { personKind, type OrgRole } from '../../wire/person.ts';
import { isBanned } from '../../kernel/banned.ts';
import { sessionTokenOf, type Credential } from './credentials.ts';
import type { IdentityPorts } from './index.ts';
import { createJwtVerifier } from './jwt.ts';
import { createKeyLookup } from './key-lookup.ts';
import { organisationsStatement, sessionsStatement } from './statements.ts';
import { createTouch } from './touch.ts';

/** `token` is the bare token of a session, else the credential itself; either is good as a bearer. */
export type Principal = { actor: Actor; token: string };

export type KeyRow = Tables['apikey']['$inferSelect'];
type Scope = {
  /** Where they were read together with the person. */
  memberships?: MembershipRow[];
  /** The only organisation that the credential is good for. */
  onlyOrgId?: string | undefined;
  activeOrgId?: string | null;
  sessionId: string | null;
  apiKeyId?: string;
  grant?: KeyGrant;
  expiresAt: number | null;
};
export type ActorOf = (person: PersonRow, scope: Scope) => Promise<Actor>;

const SHARED_MAX = 1_000;
const keyMetadata = z.looseObject({ orgId: z.string().optional() }).nullable();

/**
 * Who holds a credential, from the database. Throws `unauthenticated` or `banned`. Sessions are read here instead of
 * with better-auth's getSession (200 to 600 µs): as strict, in one query, which those share who come in the same moment.
 */
export function createLookup(ports: IdentityPorts): (credential: Credential) => Promise<Principal> {
  const { store, clock, config } = ports;
  const { user, apikey } = store.tables;
  const where = { db: store.read, tables: store.tables };
  const verifyJwt = createJwtVerifier(ports);
  const touch = createTouch(ports);
  const byOrganisationKey = createKeyLookup(ports, actorOf);
  const sessionOf = createLoader(async (tokens: string[]) => {
    const found = Map.groupBy(await executeFor(where, sessionsStatement, tokens), ({ session }) => session.token);
    return tokens.map((token) => found.get(token) ?? []);
  });
  const shared = createSharing();
  const recognised = createLoader((claims: Claims[]) => ports.recognise(store.read, store.tables, claims));

  return async (credential) => {
    const found = await holderOf(credential);
    if (credential.actAs !== undefined && !found.actor.grant) fail('forbidden', 'Only a key of an organisation may act as somebody else (Act-As).');
    return found;
  };

  async function holderOf(credential: Credential): Promise<Principal> {
    const { kind, value, actAs } = credential;
    switch (kind) {
      case 'signed-session': {
        const token = sessionTokenOf(value, ports.secret);
        return (token && (await bySession(token, credential.byCookie))) || refuse();
      }
      case 'opaque':
        return (await bySession(value, false)) ?? (await byApiKey(value, actAs)) ?? refuse();
      case 'api-key':
        return (await byApiKey(value, actAs)) ?? refuse();
      case 'jwt':
        return byJwt(value);
    }
  }

  async function bySession(token: string, byCookie: boolean): Promise<Principal | null> {
    const rows = await sessionOf(token);
    const [found] = rows;
    if (!found || found.session.expiresAt.getTime() <= clock.now()) return null;
    const { id: sessionId, activeOrganizationId: activeOrgId } = found.session;
    const actor = await actorOf(found.user, {
      memberships: membershipsIn(rows),
      sessionId,
      activeOrgId,
      expiresAt: found.session.expiresAt.getTime(),
    });
    // The end of a cookie is moved by better-auth's get-session, together with the row: only there can it be set again.
    const expiresAt = byCookie ? actor.expiresAt : await touch.session(found.session);
    return { actor: { ...actor, expiresAt }, token };
  }

  async function byApiKey(key: string, actAs: string | undefined): Promise<Principal | null> {
    const { defaultKeyHasher } = await import('@better-auth/api-key');
    const [found] = await store.read
      .select({ user: personColumns(user), apikey })
      .from(apikey)
      .leftJoin(user, eq(user.id, apikey.referenceId))
      .where(eq(apikey.key, await defaultKeyHasher(key)));
    if (!found || found.apikey.enabled === false || found.apikey.remaining === 0) return null;
    const expiresAt = found.apikey.expiresAt?.getTime() ?? null;
    if (expiresAt !== null && expiresAt <= clock.now()) return null;
    const actor = await (found.apikey.configId === ORGANISATION_KEY
      ? byOrganisationKey(found.apikey, expiresAt, actAs)
      : byPersonalKey(found.apikey, expiresAt, found.user));
    if (actor) await touch.apiKey(found.apikey);
    return actor && { actor, token: key };
  }

  async function byPersonalKey({ id: apiKeyId, metadata }: KeyRow, expiresAt: number | null, owner: PersonRow | null): Promise<Actor | null> {
    const kept = keyMetadata.safeParse(parseJson(metadata));
    if (!owner || !kept.success) return null;
    return actorOf(owner, { onlyOrgId: kept.data?.orgId, sessionId: null, apiKeyId, expiresAt });
  }

  async function byJwt(token: string): Promise<Principal> {
    const { claims, expiresAt } = await verifyJwt(token);
    const { orgId, person, ...known } = (await recognised(claims)) ?? (await provisioned(claims));
    return { actor: await actorOf(person, { ...known, onlyOrgId: orgId, sessionId: null, expiresAt }), token };
  }

  async function provisioned(claims: Claims): Promise<{ person: PersonRow; orgId: string; memberships?: MembershipRow[] }> {
    const { userId, orgId } = await store.tx((db) => ports.provision(db, store.tables, claims, config, clock.now()));
    const [person] = await store.read.select(personColumns(user)).from(user).where(eq(user.id, userId));
    return { person: person ?? refuse(), orgId };
  }

  async function actorOf(
    person: PersonRow,
    { memberships: known, onlyOrgId, activeOrgId, sessionId, apiKeyId, grant, expiresAt }: Scope,
  ): Promise<Actor> {
    if (isBanned(person, clock.now())) fail('banned');
    const memberships = known ?? (await prepared(where, organisationsStatement).execute({ userId: person.id }));
    const open = memberships.filter(({ orgId }) => onlyOrgId === undefined || orgId === onlyOrgId);
    const orgs = shared(new Map(open.map(({ orgId, role }) => [orgId, highestRole(role)])));
    return {
      kind: personKind.catch('user').parse(person.kind),
      userId: person.id,
      name: person.name,
      avatarUrl: person.image,
      orgs,
      narrowed: open.length < memberships.length,
      homeOrgId: await homeOf(orgs, activeOrgId ?? null),
      hideReceipts: person.hideReceipts,
      hidePresence: person.hidePresence,
      sessionId,
      apiKeyId: apiKeyId ?? null,
      grant: grant ?? null,
      expiresAt,
    };
  }

  /** The active organisation while they are in it, else the only one, else the default one. */
  async function homeOf(orgs: ReadonlyMap<string, OrgRole>, activeOrgId: string | null): Promise<string | null> {
    if (activeOrgId !== null && orgs.has(activeOrgId)) return activeOrgId;
    if (orgs.size <= 1) return [...orgs.keys()][0] ?? null;
    const byDefault = await ports.findDefaultOrganisation(store.read, store.tables);
    return byDefault !== null && orgs.has(byDefault) ? byDefault : null;
  }
}

/** Most people of an installation are in the same organisations as the same: one map for all of them, since each connection keeps one. */
function createSharing() {
  const known = createLru<ReadonlyMap<string, OrgRole>>(SHARED_MAX);
  return (orgs: ReadonlyMap<string, OrgRole>): ReadonlyMap<string, OrgRole> => {
    const key = [...orgs].map(([orgId, role]) => `${orgId} ${role}`).join();
    const found = known.get(key);
    if (!found) known.set(key, orgs);
    return found ?? orgs;
  };
}

function refuse(): never {
  return fail('unauthenticated');
}

function parseJson(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return undefined;
  }
}
