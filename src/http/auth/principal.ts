import { fail } from '../../kernel/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import { createLru } from '../../lib/lru.ts';
import { createMultimap } from '../../lib/multimap.ts';
import { isCookie, type Credential } from './credentials.ts';
import type { Principal } from './lookup.ts';

export type { Principal } from './lookup.ts';

type PrincipalOptions = {
  clock: Clock;
  /** Asks the database. Throws `unauthenticated` or `banned`. */
  lookup(credential: Credential): Promise<Principal>;
  ttlMs: number;
  max: number;
};
type Believed = { principal: Principal; until: number };
/** `forgotten`: people and keys; `stale`: anybody. */
type Lookup = { answer: Promise<Principal>; forgotten: Set<string>; stale: boolean };

const LOOKUP_TRIES = 5;

/**
 * Who holds a credential, believed for a few seconds and never beyond the credential's own end. Requests with the
 * same credential share one lookup.
 *
 * Guarantee: what `resolve` answers after `forget(id)` returned was read after it. A lookup that was under way at
 * that moment may have read the old rights, so it notes who was forgotten meanwhile and reads again.
 */
export function createPrincipals({ clock, lookup, ttlMs, max }: PrincipalOptions) {
  const lookups = new Map<string, Lookup>();
  const keysById = createMultimap<string, string>();
  const cache = createLru<Believed>(max, ({ principal }, key) => unindex(principal, key));

  function resolve(credential: Credential): Promise<Principal> {
    const key = keyOf(credential);
    const known = cache.get(key);
    if (known && known.until > clock.monotonic() && (known.principal.actor.expiresAt ?? Infinity) > clock.now())
      return Promise.resolve(known.principal);
    return (lookups.get(key) ?? begin(key, credential)).answer;
  }

  function begin(key: string, credential: Credential): Lookup {
    const meanwhile = { forgotten: new Set<string>(), stale: false };
    const answer = find(key, credential, meanwhile).finally(() => lookups.delete(key));
    const started = Object.assign(meanwhile, { answer });
    lookups.set(key, started);
    return started;
  }

  async function find(key: string, credential: Credential, meanwhile: Omit<Lookup, 'answer'>): Promise<Principal> {
    for (let attempt = 1; attempt <= LOOKUP_TRIES; attempt++) {
      meanwhile.forgotten.clear();
      meanwhile.stale = false;
      const principal = await lookup(credential);
      if (meanwhile.stale || restsOn(principal).some((id) => meanwhile.forgotten.has(id))) continue;
      believe(key, principal);
      return principal;
    }
    return fail('unavailable', 'Your rights are changing right now.', { retryAfter: 1 });
  }

  function believe(key: string, principal: Principal): void {
    if (ttlMs === 0) return;
    cache.set(key, { principal, until: clock.monotonic() + ttlMs });
    for (const id of restsOn(principal)) keysById.add(id, key);
  }

  function unindex(principal: Principal, key: string): void {
    for (const id of restsOn(principal)) keysById.delete(id, key);
  }

  return {
    resolve,
    /** Nothing that rests on this person or key is believed any longer. */
    forget(id: string): void {
      for (const { forgotten } of lookups.values()) forgotten.add(id);
      for (const key of [...keysById.of(id)]) cache.delete(key);
    },
    /** Nothing is believed any longer, of anybody. */
    forgetAll(): void {
      for (const lookup of lookups.values()) lookup.stale = true;
      cache.clear();
    },
    /** Gives back the memory of what is not believed any longer. Called every now and then. */
    sweep(): void {
      const now = clock.monotonic();
      for (const [key, { until }] of [...cache.entries()]) if (until <= now) cache.delete(key);
    },
    get size(): number {
      return cache.size;
    },
  };
}

/** The person; and the key of an organisation with its bot, which the person whom it acts as knows nothing of. */
function restsOn({ actor: { userId, grant } }: Principal): string[] {
  return grant ? [...new Set([userId, grant.keyId, grant.botId])] : [userId];
}

/** A hash, so that the cache holds no secrets. Cookie and bearer are kept apart: they are looked up differently. */
function keyOf(credential: Credential): string {
  const { kind, value, actAs } = credential;
  return new Bun.CryptoHasher('sha256').update(JSON.stringify([kind, isCookie(credential), value, actAs])).digest('base64url');
}
