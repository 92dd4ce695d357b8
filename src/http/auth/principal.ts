import { LRUCache } from 'lru-cache';
import { fail } from '../../kernel/errors.ts';
import type { Clock } from '../../lib/clock.ts';
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
type Lookup = { answer: Promise<Principal>; forgotten: Set<string> };

const LOOKUP_TRIES = 5;

/**
 * Who holds a credential, believed for a few seconds and never beyond the credential's own end. Requests with the
 * same credential share one lookup.
 *
 * Guarantee: what `resolve` answers after `forget(userId)` returned was read after it. A lookup that was under way at
 * that moment may have read the old rights, so it notes who was forgotten meanwhile and reads again.
 */
export function createPrincipals({ clock, lookup, ttlMs, max }: PrincipalOptions) {
  const lookups = new Map<string, Lookup>();
  const keysByUser = new Map<string, Set<string>>();
  const cache = new LRUCache<string, Believed>({ max, dispose: ({ principal }, key) => unindex(principal.actor.userId, key) });

  function resolve(credential: Credential): Promise<Principal> {
    const key = keyOf(credential);
    const known = cache.get(key);
    if (known && known.until > clock.now()) return Promise.resolve(known.principal);
    return (lookups.get(key) ?? begin(key, credential)).answer;
  }

  function begin(key: string, credential: Credential): Lookup {
    const forgotten = new Set<string>();
    const answer = find(key, credential, forgotten).finally(() => lookups.delete(key));
    const started = { answer, forgotten };
    lookups.set(key, started);
    return started;
  }

  async function find(key: string, credential: Credential, forgotten: Set<string>): Promise<Principal> {
    for (let attempt = 1; attempt <= LOOKUP_TRIES; attempt++) {
      forgotten.clear();
      const principal = await lookup(credential);
      if (forgotten.has(principal.actor.userId)) continue;
      believe(key, principal);
      return principal;
    }
    return fail('unavailable', 'Your rights are changing right now.', { retryAfter: 1 });
  }

  function believe(key: string, principal: Principal): void {
    const { userId, expiresAt } = principal.actor;
    const until = Math.min(clock.now() + ttlMs, expiresAt ?? Infinity);
    if (ttlMs === 0) return;
    cache.set(key, { principal, until });
    const keys = keysByUser.get(userId) ?? new Set();
    keysByUser.set(userId, keys.add(key));
  }

  function unindex(userId: string, key: string): void {
    const keys = keysByUser.get(userId);
    keys?.delete(key);
    if (keys?.size === 0) keysByUser.delete(userId);
  }

  return {
    resolve,
    /** Nothing about this person is believed any longer. */
    forget(userId: string): void {
      for (const { forgotten } of lookups.values()) forgotten.add(userId);
      for (const key of [...(keysByUser.get(userId) ?? [])]) cache.delete(key);
    },
    get size(): number {
      return cache.size;
    },
  };
}

/** A hash, so that the cache holds no secrets. Cookie and bearer are kept apart: they are looked up differently. */
function keyOf(credential: Credential): string {
  return new Bun.CryptoHasher('sha256').update(`${credential.kind} ${isCookie(credential)} ${credential.value}`).digest('base64url');
}
