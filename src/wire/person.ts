import { z } from 'zod';
import { avatarUrl, cursor, empty, flag, id, limit, page, text, time } from './common.ts';

export const personKind = z.enum(['user', 'guest', 'bot', 'system']);

export const person = z
  .object({
    id: z.string(),
    externalId: z.string().nullable(),
    name: z.string(),
    avatarUrl: z.string().nullable(),
    kind: personKind,
  })
  .meta({ id: 'Person', description: 'How a person appears to others.' });
export type Person = z.infer<typeof person>;

export const sender = person.omit({ externalId: true }).meta({ id: 'Sender', description: 'The short form of a person inside a message.' });
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

export const me = person
  .extend({
    email: z.string().nullable(),
    organisations: z.array(z.object({ id, name: z.string(), slug: z.string(), role: orgRole })),
    activeOrganisationId: id.nullable(),
    preferences,
    capabilities: z.object({ update: flag, createGroup: flag }),
  })
  .meta({ id: 'Me' });
export type Me = z.infer<typeof me>;

export const personMeInput = empty;
export const personUpdateInput = z.object({
  name: text.trim().min(1).max(100).optional(),
  avatarUrl: avatarUrl.optional(),
  preferences: preferences.partial().optional(),
});

export const contact = person
  .extend({
    status: presenceStatus,
    lastActiveAt: time.nullable(),
    capabilities: z.object({ message: flag }),
  })
  .meta({ id: 'Contact' });
export type Contact = z.infer<typeof contact>;

export const contactListInput = z.object({
  q: text.trim().max(100).optional().describe('Part of a name, or a whole e-mail address.'),
  orgId: id.optional(),
  limit,
  cursor,
});
export const contactList = page(contact);
