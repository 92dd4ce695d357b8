import { z } from 'zod';
import { avatarUrl, text } from './common.ts';
import { orgRole } from './person.ts';

/** The organisation of claims without `org`. Nobody else's organisation may take this slug. */
export const DEFAULT_ORGANISATION_SLUG = 'default';

/** What the host application's JWT says about a person. `exp`, `iss`, `aud` and `nbf` are checked before this. */
export const claims = z.object({
  sub: text.min(1).max(255).describe('The id by which your application knows the person; `ext:<sub>` here.'),
  name: text.trim().min(1).max(1_000).nullish().describe('Shown to others. Absent: stays as it is.'),
  picture: avatarUrl.optional().describe('http(s) address of a picture. Absent or null: stays as it is.'),
  org: text.trim().min(1).max(100).nullish().describe('Id or slug of the organisation. Absent: the default organisation.'),
  role: orgRole
    .optional()
    .catch('member')
    .describe('owner, admin or member; anything else counts as member. Absent: stays as it is, member at first sight.'),
});
export type Claims = z.infer<typeof claims>;
