import { eq, inArray } from 'drizzle-orm';
import { forUpdate } from '../../db/lock.ts';
import { defineCommand, signedIn, type Ctx } from '../../kernel/command.ts';
import { topics } from '../../kernel/effects.ts';
import { notificationPreferences, preferenceGetInput, preferenceUpdateInput, type NotificationPreferences } from '../../wire/notifications.ts';

type Row = Ctx['tables']['notificationPreference']['$inferSelect'];
type Kinds = NotificationPreferences['kinds'];

const defaults: Kinds = {
  mention: { centre: true, push: true },
  reply: { centre: true, push: true },
  direct: { centre: true, push: true },
  added: { centre: true, push: true },
  reaction: { centre: false, push: false },
  message: { push: true },
};

export const preferenceGet = defineCommand({
  name: 'preference.get',
  summary: 'Read what you want to hear of',
  http: [{ method: 'get', path: '/notifications/preferences' }],
  input: preferenceGetInput,
  output: notificationPreferences,
  limit: 'read',
  mode: 'read',
  examples: [{ summary: 'Yours', input: {} }],
  allow: signedIn,
  run: async (ctx) => viewPreferences(await findRow(ctx)),
});

export const preferenceUpdate = defineCommand({
  name: 'preference.update',
  summary: 'Choose what you want to hear of',
  description: 'What is left out stays as it is. Your other devices hear of it.',
  http: [{ method: 'patch', path: '/notifications/preferences' }],
  input: preferenceUpdateInput,
  output: notificationPreferences,
  limit: 'write',
  mode: 'write',
  examples: [
    { summary: 'Reactions, too', input: { kinds: { reaction: { centre: true } } } },
    { summary: 'Quiet at night', input: { quietHours: { from: '22:00', until: '07:30' } } },
  ],
  allow: signedIn,
  async run(ctx, input) {
    const { notificationPreference: table, user } = ctx.tables;
    // Devices that change different things at the same time take turns, also before there is a row to lock.
    await forUpdate(ctx.db.select({ id: user.id }).from(user).where(eq(user.id, ctx.actor.userId)), user);
    const before = await findRow(ctx);
    const kinds = mergeKinds(before?.kinds ?? {}, input.kinds ?? {});
    const hours =
      input.quietHours === undefined
        ? { quietFrom: before?.quietFrom ?? null, quietUntil: before?.quietUntil ?? null }
        : { quietFrom: minutesOf(input.quietHours?.from), quietUntil: minutesOf(input.quietHours?.until) };
    const set = { kinds, ...hours, updatedAt: ctx.now };
    const [row] = await ctx.db
      .insert(table)
      .values({ userId: ctx.actor.userId, ...set })
      .onConflictDoUpdate({ target: table.userId, set })
      .returning();
    const data = viewPreferences(row);
    if (!Bun.deepEquals(data, viewPreferences(before))) ctx.effects.publish(topics.person(ctx.actor.userId), { type: 'preference.updated', data });
    return data;
  },
});

/** Of everybody; those who never chose have the defaults. */
export async function preferencesOf(ctx: Ctx, userIds: string[]): Promise<(userId: string) => NotificationPreferences> {
  const { notificationPreference: table } = ctx.tables;
  const rows = userIds.length === 0 ? [] : await ctx.db.select().from(table).where(inArray(table.userId, userIds));
  const chosen = new Map(rows.map((row) => [row.userId, viewPreferences(row)]));
  const others = viewPreferences(undefined);
  return (userId) => chosen.get(userId) ?? others;
}

/** Whether it is quiet for a person now. A time zone that the runtime does not know counts as UTC. */
export function isQuiet({ quietHours }: NotificationPreferences, timeZone: string | null, now: number): boolean {
  if (!quietHours) return false;
  const time = clockTimeIn(timeZone ?? 'UTC', now) ?? clockTimeIn('UTC', now) ?? '';
  const { from, until } = quietHours;
  return from <= until ? time >= from && time < until : time >= from || time < until;
}

function clockTimeIn(timeZone: string, now: number): string | null {
  try {
    return new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(now);
  } catch {
    return null;
  }
}

async function findRow(ctx: Ctx): Promise<Row | undefined> {
  const { notificationPreference: table } = ctx.tables;
  const [row] = await ctx.db.select().from(table).where(eq(table.userId, ctx.actor.userId));
  return row;
}

function viewPreferences(row: Row | undefined): NotificationPreferences {
  const { quietFrom, quietUntil } = row ?? {};
  const quiet = typeof quietFrom === 'number' && typeof quietUntil === 'number';
  return {
    kinds: mergeKinds(defaults, row?.kinds ?? {}) as Kinds,
    quietHours: quiet ? { from: clockTime(quietFrom), until: clockTime(quietUntil) } : null,
  };
}

function mergeKinds(before: Row['kinds'], changed: Row['kinds']): Row['kinds'] {
  const names = new Set([...Object.keys(before), ...Object.keys(changed)]);
  return Object.fromEntries([...names].map((name) => [name, { ...before[name], ...changed[name] }]));
}

function minutesOf(time: string | undefined): number | null {
  const [hours, minutes] = (time ?? '').split(':');
  return time === undefined ? null : Number(hours) * 60 + Number(minutes);
}

const clockTime = (minutes: number): string => `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
