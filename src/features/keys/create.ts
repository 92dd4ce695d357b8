import { and, eq } from 'drizzle-orm';
import { defineCommand, type Ctx } from '../../kernel/command.ts';
import { atMost, fail, invalid } from '../../kernel/errors.ts';
import { keyColumns, newSecret, ORGANISATION_KEY } from '../../kernel/organisation-key.ts';
import { ownerScopes, requireOrganisation } from '../../kernel/organisation-policy.ts';
import { newId } from '../../lib/id.ts';
import { createdKey, keyCreateInput, type Scope } from '../../wire/keys.ts';
import { lockOrganisation } from '../people/owners.ts';
import { createBot, findBot } from './bot.ts';
import { viewKey } from './view.ts';

export const keyCreate = defineCommand({
  name: 'key.create',
  summary: 'Create a key for a back end',
  description:
    'With it a program acts in this organisation: as the bot that the key belongs to or, with the scope `people:act-as`, as anybody. The secret is in this answer and nowhere else.',
  http: [{ method: 'post', path: '/keys', status: 201 }],
  input: keyCreateInput,
  output: createdKey,
  limit: 'write',
  mode: 'write',
  audited: true,
  examples: [
    {
      summary: 'For the back end of a shop',
      input: { name: 'Shop', scopes: ['people:write', 'people:act-as', 'conversations:write', 'messages:write', 'read'] },
    },
    { summary: 'For a bot', input: { name: 'Weather', scopes: ['read', 'messages:write'], bot: { name: 'Weather bot' } } },
  ],
  allow: (ctx, { orgId }) => requireOrganisation(ctx.actor, orgId, 'manageKeys'),
  async run(ctx, input, orgId) {
    checkScopes(ctx, orgId, input.scopes);
    checkExpiry(ctx, input.expiresAt);
    if (input.bot && input.botId !== undefined) invalid('botId', 'not together with bot');
    await checkCount(ctx, orgId);
    const bot =
      input.botId === undefined
        ? await createBot(ctx, orgId, { name: input.bot?.name ?? input.name, avatarUrl: input.bot?.avatarUrl ?? null })
        : await findBot(ctx, orgId, input.botId);
    const { secret, start, hash } = newSecret();
    const at = new Date(ctx.now);
    const [row] = await ctx.db
      .insert(ctx.tables.apikey)
      .values({
        id: newId(),
        configId: ORGANISATION_KEY,
        referenceId: orgId,
        name: input.name,
        start,
        key: hash,
        rateLimitEnabled: false,
        expiresAt: input.expiresAt === undefined ? null : new Date(input.expiresAt),
        createdAt: at,
        updatedAt: at,
        ...keyColumns(bot.id, ctx.actor.userId, input.scopes),
      })
      .returning();
    if (!row) return fail('internal');
    ctx.about({ orgId, targetIds: [row.id] });
    return { ...viewKey(row, bot), secret };
  },
});

function checkScopes({ actor }: Ctx, orgId: string, scopes: Scope[]): void {
  const reserved = scopes.filter((scope) => ownerScopes.includes(scope));
  if (reserved.length > 0 && actor.orgs.get(orgId) !== 'owner') fail('forbidden', `Only owners give a key ${reserved.join(' or ')}.`);
}

function checkExpiry({ now, config }: Ctx, expiresAt: number | undefined): void {
  const longestMs = config.keyMaxAgeS * 1000;
  if (expiresAt !== undefined && (expiresAt <= now || Number.isNaN(new Date(expiresAt).getTime()))) invalid('expiresAt', 'must be in the future');
  if (longestMs === 0) return;
  if (expiresAt === undefined) invalid('expiresAt', 'required here: keys must expire', config.keyMaxAgeS);
  if (expiresAt > now + longestMs) invalid('expiresAt', `at most ${config.keyMaxAgeS} seconds from now`, config.keyMaxAgeS);
}

/** Two who create at once do not pass the limit together. */
async function checkCount(ctx: Ctx, orgId: string): Promise<void> {
  const { apikey } = ctx.tables;
  await lockOrganisation(ctx, orgId);
  const held = await ctx.db.$count(apikey, and(eq(apikey.referenceId, orgId), eq(apikey.configId, ORGANISATION_KEY), eq(apikey.enabled, true)));
  atMost('orgId', held + 1, ctx.config.keysPerOrganisationMax, 'keys of one organisation; revoke one first');
}
