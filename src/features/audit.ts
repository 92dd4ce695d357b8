import { and, asc, desc, eq, inArray, lt } from 'drizzle-orm';
import { defineCommand, type Ctx } from '../kernel/command.ts';
import { placeIn } from '../kernel/cursor.ts';
import { requireOrganisation } from '../kernel/organisation-policy.ts';
import type { Ports, Tables } from '../kernel/ports.ts';
import { encodeCursor } from '../lib/cursor.ts';
import { auditList as auditPage, auditListInput, type AuditEntry } from '../wire/audit.ts';
import { id } from '../wire/common.ts';
import { personColumns, viewSender } from './messages/view.ts';
import { seekPerson } from './people/find.ts';
import type { SettledMessage } from './stored.ts';

export const auditList = defineCommand({
  name: 'audit.list',
  summary: 'Read what was done in an organisation',
  description: 'With keys, and by administrators; newest first. It tells who did what to what, never the text of a message.',
  http: [{ method: 'get', path: '/audit' }],
  input: auditListInput,
  output: auditPage,
  limit: 'read',
  mode: 'read',
  examples: [
    { summary: 'The newest', input: { limit: 20 } },
    { summary: 'Of one conversation', input: { conversationId: '{conversation}' } },
  ],
  allow: (ctx, { orgId }) => requireOrganisation(ctx.actor, orgId, 'readAudit'),
  async run(ctx, input, orgId) {
    const { audit, apikey, user } = ctx.tables;
    const size = input.limit ?? ctx.config.pageDefault;
    const before = input.cursor === undefined ? undefined : placeIn(id, input.cursor);
    const actorId = input.actorId === undefined ? undefined : ((await seekPerson(ctx, [orgId], input.actorId))?.id ?? input.actorId);
    const rows = await ctx.db
      .select({ entry: audit, actor: personColumns(user), keyName: apikey.name })
      .from(audit)
      .leftJoin(user, eq(user.id, audit.actorId))
      .leftJoin(apikey, eq(apikey.id, audit.apiKeyId))
      .where(
        and(
          eq(audit.orgId, orgId),
          only(audit.apiKeyId, input.keyId),
          only(audit.actorId, actorId),
          only(audit.action, input.action),
          only(audit.conversationId, input.conversationId),
          before === undefined ? undefined : lt(audit.id, before),
        ),
      )
      .orderBy(desc(audit.id))
      .limit(size + 1);
    const page = rows.slice(0, size);
    const last = page.at(-1);
    return {
      items: page.map(({ entry, actor, keyName }): AuditEntry => {
        const { apiKeyId, requestId, actorId: by, ...rest } = entry;
        return {
          ...rest,
          actor: viewSender(actor, by),
          key: apiKeyId === null ? null : { id: apiKeyId, name: keyName ?? '' },
          requestId: requestId === STORED ? null : requestId,
        };
      }),
      cursor: rows.length > size && last ? encodeCursor(last.entry.id) : null,
    };
  },
});

const only = (column: Tables['audit']['actorId' | 'apiKeyId'], value: string | undefined) => (value === undefined ? undefined : eq(column, value));

/** In place of the request of a send, which is not known any more once the message is stored. */
const STORED = 'stored';

/**
 * Enters the messages that were sent with keys. They carry their key from the insert on; here they appear in the list. The entry has
 * the id of its message, so however often the job is done there is one.
 */
export async function enterSends(ctx: Ctx, messages: SettledMessage[]): Promise<void> {
  const rows = messages
    .filter(({ apiKeyId, type }) => apiKeyId !== null && type !== 'system')
    .map(({ id: messageId, orgId, senderId, apiKeyId, conversationId, createdAt }) => ({
      id: messageId,
      orgId,
      action: 'message.send',
      actorId: senderId,
      apiKeyId,
      conversationId,
      targetId: messageId,
      requestId: STORED,
      createdAt,
    }));
  const { audit } = ctx.tables;
  for (let i = 0; i < rows.length; i += ROWS_PER_STATEMENT) {
    await ctx.db
      .insert(audit)
      .values(rows.slice(i, i + ROWS_PER_STATEMENT))
      .onConflictDoNothing({ target: audit.id });
  }
}

/** Removes what is older than the retention, in small transactions. Ids sort by time, so the oldest come first without an index of their own. */
export async function pruneAudit({ store, clock, config }: Pick<Ports, 'store' | 'clock' | 'config'>): Promise<void> {
  const { audit } = store.tables;
  const before = clock.now() - config.auditRetentionS * 1000;
  for (;;) {
    const oldest = await store.read.select({ id: audit.id, createdAt: audit.createdAt }).from(audit).orderBy(asc(audit.id)).limit(ROWS_PER_STATEMENT);
    const expired = oldest.filter(({ createdAt }) => createdAt < before).map((row) => row.id);
    if (expired.length > 0) await store.tx(async (db) => void (await db.delete(audit).where(inArray(audit.id, expired))));
    if (expired.length < ROWS_PER_STATEMENT) return;
  }
}

const ROWS_PER_STATEMENT = 500;
