import { and, asc, eq, inArray } from 'drizzle-orm';
import { defineCommand } from '../../kernel/command.ts';
import { ORGANISATION_KEY, readKey } from '../../kernel/organisation-key.ts';
import { requireOrganisation } from '../../kernel/organisation-policy.ts';
import { keyList as keyPage, keyListInput } from '../../wire/keys.ts';
import { viewKey } from './view.ts';

export const keyList = defineCommand({
  name: 'key.list',
  summary: 'List the keys of an organisation',
  description: 'Those that were not revoked, expired ones included, in one page: there are at most KEYS_PER_ORGANISATION_MAX.',
  http: [{ method: 'get', path: '/keys' }],
  input: keyListInput,
  output: keyPage,
  limit: 'read',
  mode: 'read',
  examples: [{ summary: 'All keys', input: {} }],
  allow: (ctx, { orgId }) => requireOrganisation(ctx.actor, orgId, 'manageKeys'),
  async run(ctx, _, orgId) {
    const { apikey, user } = ctx.tables;
    const rows = await ctx.db
      .select()
      .from(apikey)
      .where(and(eq(apikey.referenceId, orgId), eq(apikey.configId, ORGANISATION_KEY), eq(apikey.enabled, true)))
      .orderBy(asc(apikey.id));
    const botIds = rows.map((row) => readKey(row).botId);
    const bots = botIds.length === 0 ? [] : await ctx.db.select().from(user).where(inArray(user.id, botIds));
    return { items: rows.map((row, i) => viewKey(row, bots.find((bot) => bot.id === botIds[i]) ?? null)), cursor: null };
  },
});
