import { z } from 'zod';
import { parse } from '../../kernel/execute.ts';
import { isBlank } from '../../lib/text.ts';
import { DEFAULT_ORGANISATION_SLUG } from '../../wire/claims.ts';
import { avatarUrl, text } from '../../wire/common.ts';

const name = text
  .min(1)
  .max(100)
  .refine((value) => !isBlank(value), 'must show something');
const email = z.email().max(254);
const profile = z.object({ name: name.optional(), image: avatarUrl.optional() });

/** What an admin may set of somebody else's account: our own fields are not among it. */
const account = z.strictObject({
  ...profile.shape,
  email: email.optional(),
  emailVerified: z.boolean().optional(),
  role: z.union([text.max(100), z.array(text.max(100)).max(10)]).optional(),
  banned: z.boolean().optional(),
  banReason: text.max(500).nullish(),
  banExpires: z.iso.datetime({ offset: true }).nullish(),
});

const organisation = z.object({
  name,
  slug: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/i, 'letters, digits, dots, hyphens and underscores, at most 63')
    .refine((slug) => slug.toLowerCase() !== DEFAULT_ORGANISATION_SLUG, 'this slug is reserved'),
  logo: avatarUrl.optional(),
});

const apiKey = z.object({ name: text.max(32).optional(), metadata: z.looseObject({ orgId: z.string().max(64).optional() }).nullish() });

/** better-auth takes any text, of any length, for these fields. Ours are checked before it sees them. */
const inputs: Record<string, z.ZodObject> = {
  '/sign-up/email': profile.extend({ name, email }),
  '/update-user': profile,
  '/admin/create-user': profile.extend({ name, email, data: account.optional() }),
  '/admin/update-user': z.object({ userId: text, data: account }),
  '/admin/ban-user': z.object({ banReason: text.max(500).optional() }),
  '/organization/create': organisation,
  '/organization/update': z.object({ data: organisation.partial() }),
  '/organization/invite-member': z.object({ email }),
  '/api-key/create': apiKey,
  '/api-key/update': apiKey,
};

/** Throws `invalid_input` with every wrong field. */
export function checkInput(path: string, body: unknown): void {
  const schema = inputs[path];
  if (schema) parse(schema, body ?? {});
}
