import { eq, inArray } from 'drizzle-orm';
import { defineCommand, signedIn, type Ctx } from '../../kernel/command.ts';
import { fail } from '../../kernel/errors.ts';
import { me as meView, personMeInput, personUpdateInput, type Me } from '../../wire/person.ts';
import { viewPerson } from '../conversations/view.ts';

export const personMe = defineCommand({
  name: 'person.me',
  summary: 'Who you are',
  http: [{ method: 'get', path: '/me' }],
  input: personMeInput,
  output: meView,
  limit: 'read',
  mode: 'read',
  examples: [{ summary: 'You', input: {} }],
  allow: signedIn,
  run: (ctx) => viewMe(ctx),
});

export const personUpdate = defineCommand({
  name: 'person.update',
  summary: 'Change your name, picture or preferences',
  http: [{ method: 'patch', path: '/me' }],
  input: personUpdateInput,
  output: meView,
  limit: 'write',
  mode: 'write',
  examples: [{ summary: 'Hide receipts', input: { preferences: { hideReceipts: true } } }],
  allow: signedIn,
  async run(ctx, { name, avatarUrl, preferences }) {
    const { user } = ctx.tables;
    const wanted = { name, image: avatarUrl, ...preferences };
    const set = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
    if (Object.keys(set).length > 0) {
      await ctx.db
        .update(user)
        .set({ ...set, updatedAt: new Date(ctx.now) })
        .where(eq(user.id, ctx.actor.userId));
      ctx.effects.forget(ctx.actor.userId);
      if (preferences?.hidePresence !== undefined) ctx.effects.hide(ctx.actor.userId, preferences.hidePresence);
    }
    return viewMe(ctx);
  },
});

async function viewMe(ctx: Ctx): Promise<Me> {
  const { user, organization } = ctx.tables;
  const [row] = await ctx.db.select().from(user).where(eq(user.id, ctx.actor.userId));
  if (!row) return fail('unauthenticated');
  const { orgs, homeOrgId } = ctx.actor;
  const organisations = await ctx.db
    .select()
    .from(organization)
    .where(inArray(organization.id, [...orgs.keys()]));
  return {
    ...viewPerson(row),
    email: row.externalId === null && row.kind !== 'guest' ? row.email : null,
    organisations: organisations.map(({ id, name, slug }) => ({ id, name, slug, role: orgs.get(id) ?? 'member' })),
    activeOrganisationId: homeOrgId,
    preferences: { hidePresence: row.hidePresence, hideReceipts: row.hideReceipts },
    capabilities: { update: true, createGroup: row.kind !== 'guest' },
  };
}
