import { z } from 'zod';
import { scope, type Scope } from '../wire/keys.ts';
import type { Actor } from './actor.ts';
import { fail } from './errors.ts';
import type { Tables } from './ports.ts';

/** What a key of an organisation may do there. */
export type KeyGrant = { readonly keyId: string; readonly orgId: string; readonly botId: string; readonly scopes: ReadonlySet<Scope> };

/**
 * Keys of organisations share the table of better-auth's personal keys. The kind keeps them apart: its endpoints only find keys of
 * the kind `default`, and ours only these. `referenceId` is the organisation here, so none is ever somebody's own.
 */
export const ORGANISATION_KEY = 'organisation';

const SECRET_PREFIX = 'cw_';
const SECRET_BYTES = 32;
const START_CHARACTERS = 8;

/** 256 random bits need no slow hash: nobody finds them by trying. The same hash as better-auth's, because one look finds either kind. */
export function newSecret(): { secret: string; start: string; hash: string } {
  const secret = SECRET_PREFIX + Buffer.from(crypto.getRandomValues(new Uint8Array(SECRET_BYTES))).toString('base64url');
  return { secret, start: secret.slice(0, START_CHARACTERS), hash: new Bun.CryptoHasher('sha256').update(secret).digest('base64url') };
}

const keyMetadata = z.object({ botId: z.string(), createdBy: z.string() });
const keyScopes = z.array(z.string());

export function keyColumns(botId: string, createdBy: string, scopes: readonly Scope[]): { metadata: string; permissions: string } {
  return { metadata: JSON.stringify({ botId, createdBy }), permissions: JSON.stringify([...new Set(scopes)].sort()) };
}

/** A scope that this version does not know grants nothing. */
export function readKey(row: Pick<Tables['apikey']['$inferSelect'], 'metadata' | 'permissions'>): {
  botId: string;
  createdBy: string;
  scopes: Scope[];
} {
  const scopes = keyScopes.parse(JSON.parse(row.permissions ?? '[]'));
  return { ...keyMetadata.parse(JSON.parse(row.metadata ?? '{}')), scopes: scope.options.filter((known) => scopes.includes(known)) };
}

/** Passes people, and keys that have the scope. */
export function requireScope({ grant }: Pick<Actor, 'grant'>, needed: Scope): void {
  if (grant && !grant.scopes.has(needed)) fail('forbidden', `The key lacks the scope ${needed}.`);
}

/** How a command is opened to keys of organisations: by a scope, or not at all, for a reason. */
export type Opening = Scope | { never: string };

export function requireOpening(actor: Actor, command: string, opening: Opening | undefined): void {
  if (!actor.grant) return;
  if (opening === undefined) fail('forbidden', `Keys may not call ${command}.`);
  if (typeof opening === 'object') fail('forbidden', `Keys may not call ${command}: ${opening.never}`);
  requireScope(actor, opening);
}
