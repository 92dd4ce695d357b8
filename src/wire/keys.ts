import { z } from 'zod';
import { avatarUrl, id, text, time, userRef } from './common.ts';
import { person } from './person.ts';

/** What a key of an organisation may do, with the sentence that explains it. */
export const scopeTable = {
  read: 'Read what its actor may read, and open sockets.',
  'messages:write': 'Send, edit, delete and mark messages, react, type.',
  'conversations:write': 'Create and change conversations and their members.',
  'people:write': 'Create and update people, and remove them from the organisation. `ext:<sub>` of somebody who was never seen creates them.',
  'people:act-as': 'Act as anybody in the organisation with the header `Act-As`, in place of its own bot.',
  'people:roles': 'Make people admin or owner of the organisation, and change or remove those who are.',
  'audit:read': 'Read what was done in the organisation, and by whom.',
} as const satisfies Record<string, string>;
export type Scope = keyof typeof scopeTable;

const names = Object.keys(scopeTable) as [Scope, ...Scope[]];
export const scope = z.enum(names).meta({ id: 'Scope', description: names.map((name) => `\`${name}\`: ${scopeTable[name]}`).join('\n\n') });

const name = text.trim().min(1).max(100);

export const key = z
  .object({
    id,
    orgId: id,
    name: z.string(),
    start: z.string().describe('The first characters of the secret, to tell keys apart.'),
    scopes: z.array(scope),
    bot: person.describe('Whom the key acts as, unless it acts as somebody else.'),
    createdBy: z.string(),
    createdAt: time,
    lastUsedAt: time.nullable().describe('To the minute.'),
    expiresAt: time.nullable(),
  })
  .meta({ id: 'Key', description: 'A key with which a back end acts in its organisation.' });
export type Key = z.infer<typeof key>;

export const createdKey = key.extend({ secret: z.string().describe('Shown this once; only its hash is kept.') }).meta({ id: 'CreatedKey' });

export const keyCreateInput = z.object({
  name: name.describe('What the key is for.'),
  scopes: z.array(scope).min(1).max(names.length).describe('What it may do; name no more than it needs.'),
  orgId: id.optional(),
  expiresAt: time.optional().describe('Epoch milliseconds. By default the key does not expire.'),
  bot: z
    .object({ name: name.optional(), avatarUrl: avatarUrl.optional() })
    .optional()
    .describe('The new bot that the key belongs to. By default it is named like the key.'),
  botId: userRef.optional().describe('An existing bot of the organisation instead: to replace its key without a gap, create the new one first.'),
});
export const keyListInput = z.object({ orgId: id.optional() });
export const keyList = z.object({ items: z.array(key), cursor: z.null() });
export const keyRevokeInput = z.object({ keyId: id });
