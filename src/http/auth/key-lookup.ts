import { and, eq } from 'drizzle-orm';
import type { Actor } from '../../kernel/actor.ts';
import { fail } from '../../kernel/errors.ts';
import { readKey, requireScope, type KeyGrant } from '../../kernel/organisation-key.ts';
import { personColumns, type PersonRow } from '../../kernel/person-columns.ts';
import { claims } from '../../wire/claims.ts';
import { ACT_AS_HEADER } from './credentials.ts';
import type { IdentityPorts } from './index.ts';
import type { ActorOf, KeyRow } from './lookup.ts';

type Held = { user: PersonRow; memberId: string | null };

const EXTERNAL = 'ext:';

/**
 * Whom a key of an organisation acts as: its own bot, or the person whom `Act-As` names. The key is as good as its bot: once that is
 * banned, deleted or no longer in the organisation, so is every key of it. Null: the key is no longer good.
 */
export function createKeyLookup({ store, clock, enrolUnseen }: IdentityPorts, actorOf: ActorOf) {
  const { user, member } = store.tables;

  return async (key: KeyRow, expiresAt: number | null, actAs: string | undefined): Promise<Actor | null> => {
    const { botId, scopes } = readKey(key);
    const orgId = key.referenceId;
    const grant: KeyGrant = { keyId: key.id, orgId, botId, scopes: new Set(scopes) };
    const scope = { onlyOrgId: orgId, sessionId: null, apiKeyId: key.id, grant, expiresAt };
    const bot = await find(orgId, botId);
    if (!bot?.memberId) return null;
    const own = await actorOf(bot.user, scope);
    return actAs === undefined ? own : actorOf(await personFor(grant, refOf(actAs)), scope);
  };

  /**
   * People who left, or were removed, are not brought back by being named. Whoever is not in the organisation does not exist,
   * and other bots have keys of their own.
   */
  async function personFor(grant: KeyGrant, ref: string): Promise<PersonRow> {
    requireScope({ grant }, 'people:act-as');
    const found = (await find(grant.orgId, ref)) ?? (await enrolled(grant, ref));
    if (!found?.memberId) return fail('forbidden', `${ACT_AS_HEADER} names nobody in this organisation.`);
    if (found.user.kind === 'bot' && found.user.id !== grant.botId) fail('forbidden', 'A bot acts with a key of its own.');
    return found.user;
  }

  async function find(orgId: string, ref: string): Promise<Held | null> {
    const who = ref.startsWith(EXTERNAL) ? and(eq(user.externalOrgId, orgId), eq(user.externalId, ref.slice(EXTERNAL.length))) : eq(user.id, ref);
    const [found] = await store.read
      .select({ user: personColumns(user), memberId: member.id })
      .from(user)
      .leftJoin(member, and(eq(member.userId, user.id), eq(member.organizationId, orgId)))
      .where(who);
    return found ?? null;
  }

  async function enrolled(grant: KeyGrant, ref: string): Promise<Held | null> {
    if (!ref.startsWith(EXTERNAL)) return null;
    requireScope({ grant }, 'people:write');
    await store.tx((db) => enrolUnseen(db, store.tables, grant.orgId, [ref.slice(EXTERNAL.length)], clock.now()));
    return find(grant.orgId, ref);
  }
}

/** Headers hold ASCII, so the value is percent-encoded where the reference has anything else. */
function refOf(actAs: string): string {
  const ref = decoded(actAs);
  const id = ref.startsWith(EXTERNAL) ? ref.slice(EXTERNAL.length) : ref;
  return claims.shape.sub.safeParse(id).success ? ref : fail('forbidden', `${ACT_AS_HEADER} must be a user id or ext:<id>, percent-encoded.`);
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return fail('forbidden', `${ACT_AS_HEADER} must be percent-encoded.`);
  }
}
