import { eq, inArray } from 'drizzle-orm';
import { defineCommand, signedIn, type Ctx } from '../../kernel/command.ts';
import { topics } from '../../kernel/effects.ts';
import { atMost, fail, invalid } from '../../kernel/errors.ts';
import { codePoints, isBlank } from '../../lib/text.ts';
import { organisationCapabilities } from '../../kernel/organisation-policy.ts';
import { me as meView, personMeInput, personUpdateInput, type Me } from '../../wire/person.ts';
import { viewPerson } from '../conversations/view.ts';
import { announcePerson } from './announce.ts';
import type { UserRow } from './find.ts';

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
  summary: 'Change your profile or preferences',
  description: 'Name, picture, status text, time zone. What is left out stays as it is. Your other devices hear of it.',
  http: [{ method: 'patch', path: '/me' }],
  input: personUpdateInput,
  output: meView,
  limit: 'write',
  mode: 'write',
  examples: [
    { summary: 'Hide receipts', input: { preferences: { hideReceipts: true } } },
    { summary: 'On the road', input: { statusText: 'On the road until Friday', timeZone: 'Europe/Lisbon' } },
  ],
  allow: signedIn,
  async run(ctx, { name, avatarUrl, statusText, timeZone, preferences }) {
    const { user } = ctx.tables;
    const { userId } = ctx.actor;
    atMost('statusText', codePoints(statusText ?? ''), ctx.config.statusTextMaxCodePoints, 'code points');
    const wanted = {
      name,
      image: avatarUrl,
      statusText: shown(statusText),
      timeZone: timeZone == null ? timeZone : zoneNamed(timeZone),
      ...preferences,
    };
    const before = await findMe(ctx);
    const set = Object.fromEntries(
      Object.entries(wanted).filter(([key, value]) => value !== undefined && value !== before[key as keyof typeof wanted]),
    );
    if (Object.keys(set).length > 0) {
      await ctx.db
        .update(user)
        .set({ ...set, updatedAt: new Date(ctx.now) })
        .where(eq(user.id, userId));
      ctx.effects.forget(userId);
      if ('hidePresence' in set) ctx.effects.hide(userId, preferences?.hidePresence ?? false);
      if ('name' in set || 'image' in set || 'statusText' in set) announcePerson(ctx, await findMe(ctx));
    }
    const me = await viewMe(ctx);
    if (OWN.some((key) => key in set)) {
      const data = { timeZone: me.timeZone, preferences: me.preferences };
      ctx.effects.publish(topics.person(userId), { type: 'me.updated', data });
    }
    return me;
  },
});

/** What is told to the person's own devices alone. */
const OWN = ['timeZone', 'hidePresence', 'hideReceipts'];

/** A text that nobody would see is none. */
const shown = (statusText: string | null | undefined): string | null | undefined =>
  typeof statusText === 'string' && isBlank(statusText) ? null : statusText;

/** As its own spelling has it. Offsets like `+01:00` are no places: they do not know of summer time. */
function zoneNamed(timeZone: string): string {
  try {
    const { timeZone: known } = new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions();
    if (/^[A-Z]/.test(known)) return known;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return invalid('timeZone', 'must be an IANA time zone like Europe/Berlin');
}

async function findMe(ctx: Ctx): Promise<UserRow> {
  const { user } = ctx.tables;
  const [row] = await ctx.db.select().from(user).where(eq(user.id, ctx.actor.userId));
  return row ?? fail('unauthenticated');
}

async function viewMe(ctx: Ctx): Promise<Me> {
  const { organization } = ctx.tables;
  const row = await findMe(ctx);
  const { orgs, homeOrgId } = ctx.actor;
  const organisations = await ctx.db
    .select()
    .from(organization)
    .where(inArray(organization.id, [...orgs.keys()]));
  return {
    ...viewPerson(row),
    timeZone: row.timeZone,
    email: row.externalId === null && row.kind !== 'guest' ? row.email : null,
    organisations: organisations.map(({ id, name, slug }) => ({
      id,
      name,
      slug,
      role: orgs.get(id) ?? 'member',
      capabilities: organisationCapabilities(ctx.actor, id),
    })),
    activeOrganisationId: homeOrgId,
    preferences: { hidePresence: row.hidePresence, hideReceipts: row.hideReceipts },
    capabilities: { update: true, createGroup: row.kind !== 'guest' },
  };
}
