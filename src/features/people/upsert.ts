import { and, eq, inArray } from 'drizzle-orm';
import { defineCommand, type Ctx } from '../../kernel/command.ts';
import { atMost, fail, invalid } from '../../kernel/errors.ts';
import { highestRole, mayGiveRole, requireOrganisation } from '../../kernel/organisation-policy.ts';
import { personUpsert as upserted, personUpsertInput, type ExternalPerson, type OrgRole } from '../../wire/person.ts';
import { viewPerson } from '../conversations/view.ts';
import { announcePerson } from './announce.ts';
import { enrolExternal, REMOVED } from './enrol.ts';
import type { UserRow } from './find.ts';
import { lockOrganisation, requireOtherOwner } from './owners.ts';

export const personUpsert = defineCommand({
  name: 'person.upsert',
  summary: 'Create or update the people of your application',
  description:
    'One, or several with `people`, by the ids that your application knows them by. Who is there already is updated; whoever left the organisation is in it again.',
  http: [{ method: 'put', path: '/people' }],
  input: personUpsertInput,
  output: upserted,
  limit: 'write',
  mode: 'write',
  audited: true,
  examples: [
    { summary: 'One person', input: { externalId: '4711', name: 'Dora' } },
    {
      summary: 'Several',
      input: {
        people: [
          { externalId: '4711', name: 'Dora' },
          { externalId: '4712', name: 'Emil' },
        ],
      },
    },
  ],
  allow: (ctx, { orgId }) => requireOrganisation(ctx.actor, orgId, 'managePeople'),
  async run(ctx, input, orgId) {
    const people = wantedOf(input);
    atMost('people', people.length, ctx.config.membersPerRequestMax, 'people');
    if (people.some(({ role }) => role !== undefined)) await lockOrganisation(ctx, orgId);
    const before = await findExternal(ctx, orgId, people);
    checkRoles(ctx, orgId, people, before);
    const joining = people.filter(({ externalId }) => !before.get(externalId)?.role);
    await enrolExternal(
      ctx.db,
      ctx.tables,
      orgId,
      joining.map(({ externalId, name, avatarUrl, role }) => ({
        externalId,
        name: name ?? null,
        avatarUrl: avatarUrl ?? null,
        role: role ?? 'member',
      })),
      ctx.now,
    );
    // Read again: of two who create one person at once, the second one updates what the first one made.
    const present = await findExternal(ctx, orgId, people);
    for (const wanted of people) await update(ctx, orgId, wanted, present.get(wanted.externalId));
    const after = await findExternal(ctx, orgId, people);
    ctx.about({ orgId, targetIds: [...after.values()].map(({ user }) => user.id) });
    return { items: people.flatMap(({ externalId }) => viewOf(after.get(externalId))) };
  },
});

function wantedOf({ people, externalId, name, avatarUrl, role }: ReturnType<typeof personUpsertInput.parse>): ExternalPerson[] {
  if (people && externalId !== undefined) invalid('people', 'not together with externalId');
  const all = people ?? [{ externalId: externalId ?? invalid('externalId', 'name a person, or several with people'), name, avatarUrl, role }];
  const seen = new Set<string>();
  all.forEach((person, i) => {
    if (seen.has(person.externalId)) invalid(`people.${i}.externalId`, 'named twice');
    seen.add(person.externalId);
  });
  return all;
}

type External = { user: UserRow; role: OrgRole | null };

async function findExternal(ctx: Ctx, orgId: string, people: ExternalPerson[]): Promise<Map<string, External>> {
  const { user, member } = ctx.tables;
  const externalIds = people.map(({ externalId }) => externalId);
  const rows = await ctx.db
    .select({ user, role: member.role })
    .from(user)
    .leftJoin(member, and(eq(member.userId, user.id), eq(member.organizationId, orgId)))
    .where(and(eq(user.externalOrgId, orgId), inArray(user.externalId, externalIds)));
  return new Map(rows.map(({ user: row, role }) => [row.externalId ?? '', { user: row, role: role === null ? null : highestRole(role) }]));
}

function checkRoles(ctx: Ctx, orgId: string, people: ExternalPerson[], before: Map<string, External>): void {
  for (const { externalId, role } of people) {
    const held = before.get(externalId)?.role ?? null;
    if (role !== undefined && !mayGiveRole(ctx.actor, orgId, held, role))
      fail(
        'forbidden',
        ctx.actor.grant ? 'The key lacks the scope people:roles.' : `Only owners may make somebody ${role}, or change admins and owners.`,
      );
  }
}

/** Writes what differs. */
async function update(ctx: Ctx, orgId: string, { name, avatarUrl, role }: ExternalPerson, present: External | undefined): Promise<void> {
  if (!present) return;
  const { user, member } = ctx.tables;
  const { id, name: oldName, image, banned, banReason } = present.user;
  const set = {
    ...(name !== undefined && name !== oldName && { name }),
    ...(avatarUrl !== undefined && avatarUrl !== image && { image: avatarUrl }),
    ...(banned === true && banReason === REMOVED && { banned: false, banReason: null }),
  };
  if (Object.keys(set).length > 0) {
    await ctx.db
      .update(user)
      .set({ ...set, updatedAt: new Date(ctx.now) })
      .where(eq(user.id, id));
    if ('name' in set || 'image' in set) announcePerson(ctx, { ...present.user, ...set });
  }
  if (role !== undefined && role !== present.role) {
    if (present.role === 'owner') await requireOtherOwner(ctx, orgId, id);
    await ctx.db
      .update(member)
      .set({ role })
      .where(and(eq(member.userId, id), eq(member.organizationId, orgId)));
  }
  ctx.effects.forget(id);
}

function viewOf(found: External | undefined) {
  return found ? [{ ...viewPerson(found.user), role: found.role ?? 'member' }] : [];
}
