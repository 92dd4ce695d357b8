import { apiKey } from '@better-auth/api-key';
import type { BetterAuthOptions } from 'better-auth';
import { admin, anonymous, bearer, organization } from 'better-auth/plugins';

/** Organisations of one person. */
const ORGANISATIONS_MAX = 100;

/**
 * What of better-auth shapes its tables. The generator of `db/tables/auth.gen.ts` reads this too,
 * so it depends on nothing but the library.
 */
export const authShape = {
  user: {
    additionalFields: {
      kind: { type: 'string', required: true, defaultValue: 'user', input: false, returned: false },
      externalId: { type: 'string', required: false, input: false, returned: false },
      externalOrgId: { type: 'string', required: false, input: false, returned: false },
      hidePresence: { type: 'boolean', required: true, defaultValue: false, input: false, returned: false },
      hideReceipts: { type: 'boolean', required: true, defaultValue: false, input: false, returned: false },
      statusText: { type: 'string', required: false, input: false, returned: false },
      timeZone: { type: 'string', required: false, input: false, returned: false },
      lastActiveAt: { type: 'number', bigint: true, required: false, input: false, returned: false },
    },
  },
  plugins: [
    bearer(),
    admin(),
    anonymous(),
    // A key acts as the person who made it; `metadata.orgId` keeps it to one organisation. Its own limit (10 a day) would
    // stop every integration; ours counts by person instead.
    apiKey({ enableMetadata: true, rateLimit: { enabled: false } }),
    organization({
      requireEmailVerificationOnInvitation: false,
      organizationLimit: ORGANISATIONS_MAX,
      // As a number it would also be the size of a page of members; 100 is the library's default for both.
      membershipLimit: async () => Number.MAX_SAFE_INTEGER,
    }),
  ],
} satisfies BetterAuthOptions;
