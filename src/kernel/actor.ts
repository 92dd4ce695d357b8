import type { OrgRole, Sender } from '../wire/person.ts';
import { fail, invalid } from './errors.ts';
import type { KeyGrant } from './organisation-key.ts';

/** Who acts. Resolved once a request and once a socket, then believed for a few seconds. */
export type Actor = {
  readonly kind: 'user' | 'guest' | 'bot' | 'system';
  readonly userId: string;
  readonly name: string;
  readonly avatarUrl: string | null;
  /** The organisations that this actor may act in, with the role there. */
  readonly orgs: ReadonlyMap<string, OrgRole>;
  /** The person is in other organisations as well, for which this credential is not good. */
  readonly narrowed: boolean;
  /** Where things are created when the input does not say: the session's active organisation, or the only one. */
  readonly homeOrgId: string | null;
  readonly hideReceipts: boolean;
  readonly hidePresence: boolean;
  /** Null for tokens that have no session here: JWTs of the host application, API keys. */
  readonly sessionId: string | null;
  /** The API key that acts in this actor's name; what it does is attributed to it. */
  readonly apiKeyId: string | null;
  /** What that key may do, where it is a key of an organisation. Null for people, and for keys that people made for themselves. */
  readonly grant: KeyGrant | null;
  /** When the credential itself ends, epoch milliseconds. */
  readonly expiresAt: number | null;
};

/** The server itself, for work that nobody asked for at this moment. */
export const systemActor: Actor = {
  kind: 'system',
  userId: 'system',
  name: 'System',
  avatarUrl: null,
  orgs: new Map(),
  narrowed: false,
  homeOrgId: null,
  hideReceipts: true,
  hidePresence: true,
  sessionId: null,
  apiKeyId: null,
  grant: null,
  expiresAt: null,
};

export function senderOf(actor: Actor): Sender {
  return { id: actor.userId, name: actor.name, avatarUrl: actor.avatarUrl, kind: actor.kind };
}

/** The organisation to create in: the one asked for, or the actor's own. */
export function organisationFor(actor: Actor, asked: string | undefined): string {
  if (asked) return actor.orgs.has(asked) ? asked : fail('not_found', 'The organisation does not exist, or you are not a member.');
  if (actor.homeOrgId) return actor.homeOrgId;
  if (actor.orgs.size === 0) return fail('forbidden', 'You are in no organisation yet; ask for an invitation.');
  return invalid('orgId', 'name the organisation: you are in several and none is active');
}

/** The organisations to look in: the one asked for, or all of the actor's. */
export function organisationsOf(actor: Actor, asked: string | undefined): string[] {
  if (!asked) return [...actor.orgs.keys()];
  return actor.orgs.has(asked) ? [asked] : fail('not_found', 'The organisation does not exist, or you are not a member.');
}
