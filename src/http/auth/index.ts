import type { Config } from '../../config.ts';
import type { Actor } from '../../kernel/actor.ts';
import { CommandError, fail } from '../../kernel/errors.ts';
import type { Limits } from '../../kernel/limits.ts';
import { requireScope } from '../../kernel/organisation-key.ts';
import type { MembershipRow, PersonRow } from '../../kernel/person-columns.ts';
import type { Db, Store, Tables } from '../../kernel/ports.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import type { Claims } from '../../wire/claims.ts';
import type { Auth } from './auth.ts';
import type { Change, ChangeListener } from './changes.ts';
import { credentialOf, isCookie, sessionCookieName, type Credential } from './credentials.ts';
import { ADDRESS_HEADER } from './guard.ts';
import { createLookup } from './lookup.ts';
import { requireOrigin } from './origin.ts';
import { createOutage } from './outage.ts';
import { createPrincipals, type Principal } from './principal.ts';

export type { Change, ChangeListener, Principal };

export type IdentityPorts = {
  config: Config;
  /** Signs sessions. */
  secret: string;
  clock: Clock;
  log: Log;
  store: Store;
  limits: Limits;
  wakeOutbox(): void;
  clientAddress(request: Request): string;
  /** By default better-auth's scrypt, which costs what it should; tests that sign up by the dozen bring a cheap one. */
  passwords?: { hash(password: string): Promise<string>; verify(data: { hash: string; password: string }): Promise<boolean> };
  /** The database cannot be reached: worth a repeat. */
  isUnavailable(error: unknown): boolean;
  /** The default organisation, made when absent. Runs in a transaction. */
  defaultOrganisation(db: Db, tables: Tables, config: Config, now: number): Promise<string>;
  /** The default organisation, if there is one yet. */
  findDefaultOrganisation(db: Db, tables: Tables): Promise<string | null>;
  /** Makes the rows say what a host application's token says. Runs in a transaction. */
  provision(db: Db, tables: Tables, claims: Claims, config: Config, now: number): Promise<{ userId: string; orgId: string }>;
  /** The person of each token with all that they are a member of, null where there is something to provision. */
  recognise(db: Db, tables: Tables, claims: Claims[]): Promise<({ person: PersonRow; orgId: string; memberships: MembershipRow[] } | null)[]>;
  /** Makes the people whom a key names for the first time, by the ids of the host application. Runs in a transaction. */
  enrolUnseen(db: Db, tables: Tables, orgId: string, externalIds: string[], now: number): Promise<void>;
};

/** Who people are: better-auth below /api/auth, and the actor behind each request and socket. */
export function createIdentity(ports: IdentityPorts) {
  const { config, clock, limits } = ports;
  const cookieName = sessionCookieName(config);
  const listeners = new Set<ChangeListener>();
  const principals = createPrincipals({ clock, lookup: createLookup(ports), ttlMs: config.principalCacheMs, max: config.principalCacheMax });
  const outage = createOutage(ports.isUnavailable);
  let auth: Promise<Auth> | null = null;

  /** better-auth is a fifth of the program, and only who signs in, up or out needs it: it is loaded for the first of them. */
  async function loadAuth(): Promise<Auth> {
    const [{ createAuth }, { createAuthAdapter }] = await Promise.all([import('./auth.ts'), import('./adapter.ts')]);
    return createAuth({ ...ports, adapter: createAuthAdapter({ ...ports, changed, outage }), caller });
  }

  /** First nothing old is believed, then the others hear of it. */
  function changed(change: Change): void {
    principals.forget(change.userId);
    for (const listener of listeners) listener(change);
  }

  async function caller(request: Request): Promise<Actor | null> {
    const credential = credentialOf(request, cookieName);
    if (!credential) return null;
    try {
      return (await principals.resolve(credential)).actor;
    } catch (error) {
      if (error instanceof CommandError && error.code === 'unauthenticated') return null;
      throw error;
    }
  }

  return {
    /** Everything below /api/auth. Rejects with a CommandError where we refuse, and with what the database threw, for the router to answer like any other. */
    async handle(request: Request): Promise<Response> {
      const headers = new Headers(request.headers);
      headers.set(ADDRESS_HEADER, ports.clientAddress(request));
      // better-auth falls back to the cookie where a bearer is not its own. Our guard asked about the bearer.
      const credential = credentialOf(request, cookieName);
      if (credential && !isCookie(credential)) headers.delete('cookie');
      const betterAuth = await (auth ??= loadAuth());
      return outage.answering(() => betterAuth.handler(new Request(request, { headers })));
    },

    /**
     * The actor behind a request. Throws `unauthenticated`, `banned`, `origin_refused`, and `rate_limited` once an
     * address has shown too many tokens that are not good.
     */
    async resolve(request: Request, door: 'http' | 'socket'): Promise<Principal> {
      const credential = credentialOf(request, cookieName) ?? fail('unauthenticated');
      if (needsOrigin(request, credential, door)) requireOrigin(request, config);
      try {
        const principal = await principals.resolve(credential);
        if (door === 'socket') requireEars(principal.actor);
        return principal;
      } catch (error) {
        if (error instanceof CommandError && error.code === 'unauthenticated') await limits.take('refused-token', ports.clientAddress(request));
        throw error;
      }
    },

    /** Nothing cached about this person is believed any longer. */
    forget: (userId: string): void => principals.forget(userId),
    forgetAll: principals.forgetAll,
    sweep: principals.sweep,

    /** Called after the commit, in the order of commits. Returns the way to stop. */
    onChange(listener: ChangeListener): () => void {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },

    /** Credentials that are believed at the moment. */
    get size(): number {
      return principals.size;
    },
  };
}

export type Identity = ReturnType<typeof createIdentity>;

/**
 * A socket is told everything that its person may read, of all their organisations. So it takes the scope to read, and a credential
 * for one organisation opens none for somebody who is in others as well: those would be heard too.
 */
function requireEars(actor: Actor): void {
  requireScope(actor, 'read');
  if (actor.narrowed) fail('forbidden', 'This token is good for one organisation, and the person is in others: a socket would hear those. Use HTTP.');
}

/** Only the cookie comes along by itself; a header was put there by whoever wrote the program. */
function needsOrigin(request: Request, credential: Credential, door: 'http' | 'socket'): boolean {
  return isCookie(credential) && (door === 'socket' || (request.method !== 'GET' && request.method !== 'HEAD'));
}
