import { orgRole, type OrganisationCapabilities, type OrgRole } from '../wire/person.ts';
import type { Scope } from '../wire/keys.ts';
import { organisationFor, type Actor } from './actor.ts';
import { fail } from './errors.ts';

type Rule = { says: string; roles: readonly OrgRole[]; scope: Scope | null };

/**
 * The one table of what people may do in an organisation through our own commands; what a key of the organisation may is said by its
 * scopes, not by the role of whom it acts as. docs/permissions.md is made from it.
 */
export const organisationPolicy = {
  managePeople: { says: 'Create, update and remove people', roles: ['owner', 'admin'], scope: 'people:write' },
  manageKeys: { says: 'Create, list and revoke keys of the organisation', roles: ['owner', 'admin'], scope: null },
  readAudit: { says: 'Read what was done with keys and by administrators', roles: ['owner', 'admin'], scope: 'audit:read' },
} as const satisfies Record<keyof OrganisationCapabilities, Rule>;

/** Only owners give a key these: with them an admin would become an owner, or read what owners write. */
export const ownerScopes: readonly Scope[] = ['people:act-as', 'people:roles'];

type Need = keyof OrganisationCapabilities;

export function mayInOrganisation({ kind, orgs, grant, apiKeyId }: Actor, orgId: string, need: Need): boolean {
  const { roles, scope }: Rule = organisationPolicy[need];
  if (grant) return scope !== null && grant.scopes.has(scope) && grant.orgId === orgId;
  // What somebody's own key may not do either: make keys that outlive it.
  if (apiKeyId !== null && scope === null) return false;
  const role = orgs.get(orgId);
  return kind !== 'guest' && role !== undefined && roles.includes(role);
}

/** The organisation asked for, or the actor's own, when they may do this there. */
export function requireOrganisation(actor: Actor, asked: string | undefined, need: Need): string {
  const orgId = organisationFor(actor, asked);
  if (mayInOrganisation(actor, orgId, need)) return orgId;
  if (actor.apiKeyId !== null && organisationPolicy[need].scope === null) fail('forbidden', 'No key may do this; sign in.');
  return fail(
    'forbidden',
    `Only ${organisationPolicy[need].roles.map((role) => `${role}s`).join(' and ')} of the organisation may do this (${need}).`,
  );
}

export function organisationCapabilities(actor: Actor, orgId: string): OrganisationCapabilities {
  return {
    managePeople: mayInOrganisation(actor, orgId, 'managePeople'),
    manageKeys: mayInOrganisation(actor, orgId, 'manageKeys'),
    readAudit: mayInOrganisation(actor, orgId, 'readAudit'),
  };
}

/** Owners hand out every role; admins, and keys without `people:roles`, hand out `member` and leave admins and owners alone. */
export function mayGiveRole({ orgs, grant }: Actor, orgId: string, before: OrgRole | null, role: OrgRole): boolean {
  if (before === role) return true;
  const all = grant ? grant.scopes.has('people:roles') : orgs.get(orgId) === 'owner';
  return all || (role === 'member' && (before === null || before === 'member'));
}

/** better-auth keeps several roles of one person as text with commas. */
export function highestRole(roles: string): OrgRole {
  const held = roles.split(',').map((role) => role.trim());
  return orgRole.options.find((role) => held.includes(role)) ?? 'member';
}
