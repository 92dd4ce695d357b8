import { createHash } from 'node:crypto';
import { createAuthMiddleware } from 'better-auth/api';
import { and, eq, gt, isNull, lt } from 'drizzle-orm';
import { z } from 'zod';
import type { Actor } from '../../kernel/actor.ts';
import { fail } from '../../kernel/errors.ts';
import { checkInput } from './input.ts';
import type { IdentityPorts } from './index.ts';
import { requireOrigin } from './origin.ts';

export type GuardOptions = Pick<IdentityPorts, 'config' | 'store' | 'clock' | 'limits'> & {
  /** Who sends this, by our own rules; null where nobody is signed in. */
  caller(request: Request): Promise<Actor | null>;
};

/** Written by us into each request that better-auth sees; what the client sent under this name is overwritten. */
export const ADDRESS_HEADER = 'x-chinwag-client-address';

type Asked = { path: string; body: unknown; query: unknown; request: Request };

const credentials = z.object({ email: z.string() });
const update = z.object({ data: z.object({ slug: z.string().optional() }) });
const whichOrganisation = z.object({ organizationId: z.string().optional(), organizationSlug: z.string().optional() });

/** Each tries a password, or makes an account: limited by address. */
const PASSWORD_PATHS = new Set(['/sign-in/email', '/change-password', '/verify-password', '/set-password', '/delete-user']);
const SIGN_UP_PATHS = new Set(['/sign-up/email', '/sign-in/anonymous']);
const HALF_SIGNED_UP_MS = 60_000;

/** Their answers hold the e-mail addresses of everybody in the organisation. */
const ADDRESS_BOOK_PATHS = new Set(['/organization/list-members', '/organization/get-full-organization', '/organization/list-invitations']);

/** What we ask of a request before better-auth handles it. Refusals are CommandErrors, answered like those of commands. */
export function createGuard({ config, store, clock, limits, caller }: GuardOptions) {
  const { user, account, organization, invitation } = store.tables;

  return createAuthMiddleware(async ({ path, body, query, request }) => {
    if (!request) return;
    await check({ path, body, query, request });
  });

  async function check(asked: Asked): Promise<void> {
    const { path, body, request } = asked;
    await limit(asked);
    checkInput(path, body);
    if (path === '/sign-up/email') await forgetHalfSignedUp(body);
    if (path === '/sign-in/anonymous') requireOrigin(request, config);
    if (path === '/sign-up/email' && !config.signUp) await requireInvitation(body);
    if (path === '/api-key/create') await refuseGuests(request);
    if (path === '/organization/create' || (path === '/organization/update' && update.safeParse(body).data?.data.slug !== undefined))
      await requireNamingRight(request);
    if (ADDRESS_BOOK_PATHS.has(path)) await requireOrganisationAdmin(asked);
  }

  async function limit({ path, body, request }: Asked): Promise<void> {
    const address = request.headers.get(ADDRESS_HEADER) ?? 'unknown';
    if (SIGN_UP_PATHS.has(path)) await limits.take('sign-up', address);
    if (PASSWORD_PATHS.has(path)) await limits.take('sign-in', address);
    const account = path === '/sign-in/email' ? credentials.safeParse(body).data?.email : undefined;
    if (account !== undefined) await limits.take('sign-in-account', createHash('sha256').update(account.trim().toLowerCase()).digest('base64url'));
  }

  /**
   * better-auth makes the person, then hashes the password, then makes the account. A process that died in between left an
   * address that can neither sign in nor sign up again: whoever signs up with it after a minute starts anew.
   */
  async function forgetHalfSignedUp(body: unknown): Promise<void> {
    const email = credentials.safeParse(body).data?.email.toLowerCase();
    if (email === undefined) return;
    const before = new Date(clock.now() - HALF_SIGNED_UP_MS);
    const half = and(eq(user.email, email), eq(user.kind, 'user'), isNull(user.externalId), lt(user.createdAt, before));
    const [found] = await store.read
      .select({ id: user.id })
      .from(user)
      .leftJoin(account, eq(account.userId, user.id))
      .where(and(half, isNull(account.id)));
    if (found) await store.tx(async (db) => void (await db.delete(user).where(eq(user.id, found.id))));
  }

  async function requireInvitation(body: unknown): Promise<void> {
    const email = credentials.parse(body).email.toLowerCase();
    const [open] = await store.read
      .select({ id: invitation.id })
      .from(invitation)
      .where(and(eq(invitation.email, email), eq(invitation.status, 'pending'), gt(invitation.expiresAt, new Date(clock.now()))))
      .limit(1);
    if (!open) fail('forbidden', 'Accounts are by invitation here; ask for one to this e-mail address.');
  }

  async function refuseGuests(request: Request): Promise<Actor | null> {
    const actor = await caller(request);
    if (actor?.kind === 'guest') fail('forbidden', 'Guests may not do this; sign up first.');
    return actor;
  }

  /**
   * Where a host application signs people in, its `org` claim finds organisations by their slug. Whoever could take a
   * slug beforehand would own the organisation that those people are then put into: so there only admins name one.
   */
  async function requireNamingRight(request: Request): Promise<void> {
    const actor = await refuseGuests(request);
    if (!actor || (!config.jwtSecret && !config.jwtJwksUrl)) return;
    const [person] = await store.read.select({ role: user.role }).from(user).where(eq(user.id, actor.userId));
    if (!person?.role?.split(',').includes('admin'))
      fail('forbidden', 'Only an administrator may name organisations here, because tokens find them by name.');
  }

  /** In every organisation that the request names, since each path has its own order among them. */
  async function requireOrganisationAdmin({ query, request }: Asked): Promise<void> {
    const actor = await caller(request);
    if (!actor) return;
    const { organizationId, organizationSlug } = whichOrganisation.safeParse(query ?? {}).data ?? {};
    const named = [organizationId, organizationSlug && ((await idOf(organizationSlug)) ?? 'unknown')].filter(Boolean);
    const asked = named.length > 0 ? named : [actor.homeOrgId];
    const isAdmin = (orgId: string | null | undefined): boolean => ['owner', 'admin'].includes(actor.orgs.get(orgId ?? '') ?? '');
    if (!asked.every(isAdmin))
      fail('forbidden', 'Only owners and admins of the organisation see e-mail addresses; GET /api/chat/contacts lists people.');
  }

  async function idOf(slug: string): Promise<string | null> {
    const [found] = await store.read.select({ id: organization.id }).from(organization).where(eq(organization.slug, slug));
    return found?.id ?? null;
  }
}
