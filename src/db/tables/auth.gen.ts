// Made by drizzle/auth-tables.ts from the options of better-auth. Do not edit.
import type { Kit } from '../kit.ts';

export function authTables(k: Kit) {
  const user = k.table('user', {
    id: k.text().primaryKey().notNull(),
    name: k.text().notNull(),
    email: k.text().notNull(),
    emailVerified: k.bool().notNull().default(false),
    image: k.text(),
    createdAt: k.date().notNull(),
    updatedAt: k.date().notNull(),
    role: k.text(),
    banned: k.bool().default(false),
    banReason: k.text(),
    banExpires: k.date(),
    isAnonymous: k.bool().default(false),
    kind: k.text().notNull().default("user"),
    externalId: k.text(),
    externalOrgId: k.text(),
    hidePresence: k.bool().notNull().default(false),
    hideReceipts: k.bool().notNull().default(false),
    statusText: k.text(),
    timeZone: k.text(),
    lastActiveAt: k.int(),
  }, (t) => [k.uniqueIndex('user_email_uq').on(t.email), k.uniqueIndex('user_external_uq').on(t.externalOrgId, t.externalId)]);

  const session = k.table('session', {
    id: k.text().primaryKey().notNull(),
    expiresAt: k.date().notNull(),
    token: k.text().notNull(),
    createdAt: k.date().notNull(),
    updatedAt: k.date().notNull(),
    ipAddress: k.text(),
    userAgent: k.text(),
    userId: k.text().notNull().references(() => user.id, { onDelete: 'cascade' }),
    impersonatedBy: k.text(),
    activeOrganizationId: k.text(),
  }, (t) => [k.uniqueIndex('session_token_uq').on(t.token), k.index('session_user_idx').on(t.userId)]);

  const account = k.table('account', {
    id: k.text().primaryKey().notNull(),
    accountId: k.text().notNull(),
    providerId: k.text().notNull(),
    userId: k.text().notNull().references(() => user.id, { onDelete: 'cascade' }),
    accessToken: k.text(),
    refreshToken: k.text(),
    idToken: k.text(),
    accessTokenExpiresAt: k.date(),
    refreshTokenExpiresAt: k.date(),
    scope: k.text(),
    password: k.text(),
    createdAt: k.date().notNull(),
    updatedAt: k.date().notNull(),
  }, (t) => [k.index('account_user_idx').on(t.userId)]);

  const verification = k.table('verification', {
    id: k.text().primaryKey().notNull(),
    identifier: k.text().notNull(),
    value: k.text().notNull(),
    expiresAt: k.date().notNull(),
    createdAt: k.date().notNull(),
    updatedAt: k.date().notNull(),
  }, (t) => [k.index('verification_identifier_idx').on(t.identifier)]);

  const apikey = k.table('apikey', {
    id: k.text().primaryKey().notNull(),
    configId: k.text().notNull().default("default"),
    name: k.text(),
    start: k.text(),
    referenceId: k.text().notNull(),
    prefix: k.text(),
    key: k.text().notNull(),
    refillInterval: k.int(),
    refillAmount: k.int(),
    lastRefillAt: k.date(),
    enabled: k.bool().default(true),
    rateLimitEnabled: k.bool().default(true),
    rateLimitTimeWindow: k.int().default(86400000),
    rateLimitMax: k.int().default(10),
    requestCount: k.int().default(0),
    remaining: k.int(),
    lastRequest: k.date(),
    expiresAt: k.date(),
    createdAt: k.date().notNull(),
    updatedAt: k.date().notNull(),
    permissions: k.text(),
    metadata: k.text(),
  }, (t) => [k.uniqueIndex('apikey_key_uq').on(t.key), k.index('apikey_reference_idx').on(t.referenceId)]);

  const organization = k.table('organization', {
    id: k.text().primaryKey().notNull(),
    name: k.text().notNull(),
    slug: k.text().notNull(),
    logo: k.text(),
    createdAt: k.date().notNull(),
    metadata: k.text(),
  }, (t) => [k.uniqueIndex('organization_slug_uq').on(t.slug)]);

  const member = k.table('member', {
    id: k.text().primaryKey().notNull(),
    organizationId: k.text().notNull().references(() => organization.id, { onDelete: 'cascade' }),
    userId: k.text().notNull().references(() => user.id, { onDelete: 'cascade' }),
    role: k.text().notNull().default("member"),
    createdAt: k.date().notNull(),
  }, (t) => [k.uniqueIndex('member_org_user_uq').on(t.organizationId, t.userId), k.index('member_user_idx').on(t.userId)]);

  const invitation = k.table('invitation', {
    id: k.text().primaryKey().notNull(),
    organizationId: k.text().notNull().references(() => organization.id, { onDelete: 'cascade' }),
    email: k.text().notNull(),
    role: k.text(),
    status: k.text().notNull().default("pending"),
    expiresAt: k.date().notNull(),
    createdAt: k.date().notNull(),
    inviterId: k.text().notNull().references(() => user.id, { onDelete: 'cascade' }),
  }, (t) => [k.index('invitation_org_idx').on(t.organizationId), k.index('invitation_email_idx').on(t.email)]);
  return { user, session, account, verification, apikey, organization, member, invitation };
}
