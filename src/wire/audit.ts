import { z } from 'zod';
import { cursor, id, limit, page, text, time, userRef } from './common.ts';
import { sender } from './person.ts';

export const auditEntry = z
  .object({
    id,
    orgId: id,
    action: z.string().describe('The command.'),
    actor: sender.describe('Who did it, or in whose name it was done.'),
    key: z.object({ id: z.string(), name: z.string() }).nullable().describe('The key that it was done with.'),
    conversationId: z.string().nullable(),
    targetId: z.string().nullable().describe('The message, person or key that it was done to.'),
    requestId: z
      .string()
      .nullable()
      .describe('Finds the request in the log of the server. Null for messages, which are entered once they are stored.'),
    createdAt: time,
  })
  .meta({ id: 'AuditEntry' });
export type AuditEntry = z.infer<typeof auditEntry>;

export const auditListInput = z.object({
  orgId: id.optional(),
  keyId: id.optional().describe('Only what was done with this key.'),
  actorId: userRef.optional().describe('Only what was done by this person, or in their name.'),
  action: text.min(1).max(64).optional().describe('Only this command, such as `message.send`.'),
  conversationId: id.optional(),
  limit,
  cursor,
});
export const auditList = page(auditEntry);
