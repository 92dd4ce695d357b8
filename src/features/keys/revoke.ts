import { and, eq } from 'drizzle-orm';
import { defineCommand } from '../../kernel/command.ts';
import { fail } from '../../kernel/errors.ts';
import { ORGANISATION_KEY } from '../../kernel/organisation-key.ts';
import { requireOrganisation } from '../../kernel/organisation-policy.ts';
import { keyRevokeInput } from '../../wire/keys.ts';

export const keyRevoke = defineCommand({
  name: 'key.revoke',
  summary: 'Revoke a key',
  description: 'For good and at once, on open sockets as well. What was done with it stays, and so does its bot.',
  http: [{ method: 'delete', path: '/keys/:keyId', status: 204 }],
  input: keyRevokeInput,
  limit: 'write',
  mode: 'write',
  audited: true,
  examples: [{ summary: 'Revoke', input: { keyId: '{key}' } }],
  async allow(ctx, { keyId }) {
    const { apikey } = ctx.tables;
    const [key] = await ctx.db
      .select()
      .from(apikey)
      .where(and(eq(apikey.id, keyId), eq(apikey.configId, ORGANISATION_KEY)));
    if (!key || !ctx.actor.orgs.has(key.referenceId)) return fail('not_found', 'There is no such key in your organisations.');
    requireOrganisation(ctx.actor, key.referenceId, 'manageKeys');
    return key;
  },
  async run(ctx, { keyId }, key) {
    ctx.about({ orgId: key.referenceId, targetIds: [keyId] });
    if (key.enabled === false) return ctx.nothingNew();
    // The row stays, because the audit names it.
    const { apikey } = ctx.tables;
    await ctx.db
      .update(apikey)
      .set({ enabled: false, updatedAt: new Date(ctx.now) })
      .where(eq(apikey.id, keyId));
    ctx.effects.recheck(keyId);
  },
});
