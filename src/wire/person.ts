import { z } from 'zod';
import { avatarUrl, cursor, empty, flag, id, limit, page, text, time, userRef } from './common.ts';

export const personKind = z.enum(['user', 'guest', 'bot', 'system']);

export const person = z
  .object({
    id: z.string(),
    externalId: z.string().nullable(),
    name: z.string(),
    avatarUrl: z.string().nullable(),
    kind: personKind,
    statusText: z.string().nullable().describe('What they say of themselves at the moment.'),
  })
  .meta({ id: 'Person', description: 'How a person appears to others.' });
export type Person = z.infer<typeof person>;

export const sender = person
  .omit({ externalId: true, statusText: true })
  .meta({ id: 'Sender', description: 'The short form of a person inside a message.' });
export type Sender = z.infer<typeof sender>;

export const presenceStatus = z.enum(['online', 'away', 'offline']);
export const presence = z.object({ userId: z.string(), status: presenceStatus, lastActiveAt: time.nullable() }).meta({ id: 'Presence' });
export type Presence = z.infer<typeof presence>;

export const preferences = z
  .object({
    hidePresence: flag.describe('Others see me as offline.'),
    hideReceipts: flag.describe('Others do not see what I have received or read.'),
  })
  .meta({ id: 'Preferences' });
export type Preferences = z.infer<typeof preferences>;

export const orgRole = z.enum(['owner', 'admin', 'member']);
export type OrgRole = z.infer<typeof orgRole>;

export const organisationCapabilities = z
  .object({ managePeople: flag, manageKeys: flag, readAudit: flag })
  .meta({ id: 'OrganisationCapabilities', description: 'What the caller may do in the organisation.' });
export type OrganisationCapabilities = z.infer<typeof organisationCapabilities>;

export const me = person
  .extend({
    timeZone: z.string().nullable(),
    email: z.string().nullable(),
    organisations: z.array(z.object({ id, name: z.string(), slug: z.string(), role: orgRole, capabilities: organisationCapabilities })),
    activeOrganisationId: id.nullable(),
    preferences,
    capabilities: z.object({ update: flag, createGroup: flag }),
  })
  .meta({ id: 'Me' });
export type Me = z.infer<typeof me>;

/** What of `me` nobody else is told, or not at once. */
export const ownSettings = me.pick({ timeZone: true, preferences: true });

export const personMeInput = empty;
export const personUpdateInput = z.object({
  name: text.trim().min(1).max(100).optional(),
  avatarUrl: avatarUrl.optional(),
  statusText: text.trim().nullable().optional().describe('At most STATUS_TEXT_MAX_CODE_POINTS; `null` takes it away.'),
  timeZone: text.max(64).nullable().optional().describe('An IANA name like `Europe/Berlin`, for everybody to see; `null` takes it away.'),
  preferences: preferences.partial().optional(),
});

export const contact = person
  .extend({
    status: presenceStatus,
    lastActiveAt: time.nullable(),
    blocked: flag.describe('You block this person.'),
    capabilities: z.object({ message: flag, block: flag }),
  })
  .meta({ id: 'Contact' });
export type Contact = z.infer<typeof contact>;

export const profile = contact.extend({ timeZone: z.string().nullable() }).meta({ id: 'Profile' });
export type Profile = z.infer<typeof profile>;

export const personGetInput = z.object({ userId: userRef });

export const contactListInput = z.object({
  q: text.trim().max(100).optional().describe('Part of a name, or a whole e-mail address.'),
  orgId: id.optional(),
  kind: personKind.optional(),
  limit,
  cursor,
});
export const contactList = page(contact);

const external = {
  externalId: text.min(1).max(255).describe('The id by which your application knows the person; `ext:<externalId>` here.'),
  name: text.trim().min(1).max(100).optional().describe('Absent: stays as it is; at first sight the externalId up to an @.'),
  avatarUrl: avatarUrl.optional().describe('Absent: stays as it is. Null: no picture.'),
  role: orgRole.optional().describe('In the organisation. Absent: stays as it is, `member` at first sight.'),
};
export const personUpsertInput = z.object({
  orgId: id.optional(),
  ...external,
  externalId: external.externalId.optional(),
  people: z.array(z.object(external)).min(1).optional().describe('Several at once, instead of the fields of one.'),
});
export type ExternalPerson = z.infer<z.ZodObject<typeof external>>;

export const organisationPerson = person
  .extend({ role: orgRole })
  .meta({ id: 'OrganisationPerson', description: 'A person with their role in the organisation.' });
export const personUpsert = z.object({ items: z.array(organisationPerson) });
export const personRemoveInput = z.object({ userId: userRef, orgId: id.optional() });
