import { ECDH } from 'node:crypto';
import { and, asc, eq, inArray } from 'drizzle-orm';
import { defineCommand, signedIn, type Ctx } from '../../kernel/command.ts';
import { atMost, fail, invalid } from '../../kernel/errors.ts';
import type { Tables } from '../../kernel/ports.ts';
import { newId } from '../../lib/id.ts';
import { codePoints } from '../../lib/text.ts';
import {
  pushKey as pushKeyView,
  pushKeyInput,
  pushSubscribeInput,
  pushSubscription as pushSubscriptionView,
  pushUnsubscribeInput,
} from '../../wire/push.ts';

export type SubscriptionRow = Tables['pushSubscription']['$inferSelect'];

const AUTH_BYTES = 16;
const EXAMPLE = {
  endpoint: 'https://push.example.com/wpush/v2/gAAAAABn',
  keys: {
    p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
    auth: 'BTBZMqHH6r4Tts7J_aSIgg',
  },
};

export const pushKey = defineCommand({
  name: 'push.key',
  summary: 'The key to subscribe a browser with',
  description: 'Hand it to `pushManager.subscribe` as `applicationServerKey`.',
  http: [{ method: 'get', path: '/push/key' }],
  input: pushKeyInput,
  output: pushKeyView,
  limit: 'read',
  mode: 'read',
  examples: [{ summary: 'The key', input: {} }],
  allow: signedIn,
  run: (ctx) => ({ publicKey: ctx.push.publicKey }),
});

export const pushSubscribe = defineCommand({
  name: 'push.subscribe',
  summary: 'Take Web Push in this browser',
  description:
    'With what the browser’s PushSubscription gives as JSON; again at each start of the client, which changes nothing where all is as before. It ends with the session that made it. When somebody else signs in with this browser and subscribes, it becomes theirs.',
  http: [{ method: 'post', path: '/push/subscriptions', status: 201 }],
  input: pushSubscribeInput,
  output: pushSubscriptionView,
  limit: 'write',
  mode: 'write',
  examples: [{ summary: 'This browser', input: EXAMPLE }],
  allow: signedIn,
  async run(ctx, { endpoint, keys, expirationTime = null }) {
    checkEndpoint(ctx, endpoint);
    checkKeys(keys);
    await oneAtATime(ctx);
    const { userId, sessionId } = ctx.actor;
    const wanted = { userId, endpoint, ...keys, sessionId, expiresAt: expirationTime };
    const kept = (await keep(ctx, wanted)) ?? (await keep(ctx, wanted)) ?? fail('conflict');
    return { endpoint, createdAt: kept.createdAt, expiresAt: kept.expiresAt };
  },
});

export const pushUnsubscribe = defineCommand({
  name: 'push.unsubscribe',
  summary: 'Take no more Web Push in this browser',
  description: 'Where there is no such subscription of yours, nothing changes.',
  http: [{ method: 'delete', path: '/push/subscriptions', status: 204 }],
  input: pushUnsubscribeInput,
  limit: 'write',
  mode: 'write',
  examples: [{ summary: 'This browser', input: { endpoint: EXAMPLE.endpoint } }],
  allow: signedIn,
  async run(ctx, { endpoint }) {
    const { pushSubscription: subscription } = ctx.tables;
    await ctx.db.delete(subscription).where(and(eq(subscription.endpoint, endpoint), eq(subscription.userId, ctx.actor.userId)));
  },
});

function checkEndpoint(ctx: Ctx, endpoint: string): void {
  atMost('endpoint', codePoints(endpoint), ctx.config.pushEndpointMaxCodePoints, 'code points');
  const refusal = ctx.push.refuses(endpoint);
  if (refusal !== null) invalid('endpoint', refusal);
}

function checkKeys({ p256dh, auth }: { p256dh: string; auth: string }): void {
  if (!isPoint(p256dh)) invalid('keys.p256dh', 'must be an uncompressed point of P-256');
  if (Buffer.from(auth, 'base64url').length !== AUTH_BYTES) invalid('keys.auth', `must be ${AUTH_BYTES} bytes`);
}

function isPoint(p256dh: string): boolean {
  const point = Buffer.from(p256dh, 'base64url');
  try {
    return point.length === 65 && ECDH.convertKey(point, 'prime256v1').length > 0;
  } catch {
    return false;
  }
}

/** Subscribing of one person, so that two at once cannot both find room for one more. */
async function oneAtATime(ctx: Ctx): Promise<void> {
  const { user } = ctx.tables;
  await ctx.db.update(user).set({ id: user.id }).where(eq(user.id, ctx.actor.userId));
}

type Wanted = Omit<SubscriptionRow, 'id' | 'createdAt'>;

/** Undefined where somebody else subscribed with this browser at the same moment: they have committed by now, so another look finds it. */
async function keep(ctx: Ctx, wanted: Wanted): Promise<SubscriptionRow | undefined> {
  const { pushSubscription: subscription } = ctx.tables;
  const [before] = await ctx.db.select().from(subscription).where(eq(subscription.endpoint, wanted.endpoint));
  return before ? renew(ctx, before, wanted) : add(ctx, wanted);
}

/**
 * The endpoint of a browser is known to it alone, and so are its keys. Whoever shows both holds that browser, and may take it
 * over from whoever was signed in there before; whoever shows the endpoint alone may not take it from anybody.
 */
async function renew(ctx: Ctx, before: SubscriptionRow, wanted: Wanted): Promise<SubscriptionRow | undefined> {
  const { pushSubscription: subscription } = ctx.tables;
  const sameBrowser = before.p256dh === wanted.p256dh && before.auth === wanted.auth;
  if (before.userId !== wanted.userId) {
    if (!sameBrowser) fail('conflict', 'This endpoint belongs to another browser.');
    await ctx.db.delete(subscription).where(eq(subscription.id, before.id));
    return add(ctx, wanted);
  }
  if (sameBrowser && before.sessionId === wanted.sessionId && before.expiresAt === wanted.expiresAt) {
    ctx.nothingNew();
    return before;
  }
  const [renewed] = await ctx.db.update(subscription).set(wanted).where(eq(subscription.id, before.id)).returning();
  return renewed;
}

/** One more than a person may have takes the place of the oldest: browsers come and go without a word. */
async function add(ctx: Ctx, wanted: Wanted): Promise<SubscriptionRow | undefined> {
  const { pushSubscription: subscription } = ctx.tables;
  const own = await ctx.db
    .select({ id: subscription.id })
    .from(subscription)
    .where(eq(subscription.userId, wanted.userId))
    .orderBy(asc(subscription.createdAt), asc(subscription.id));
  const tooMany = own.slice(0, Math.max(0, own.length + 1 - ctx.config.pushSubscriptionsMax)).map(({ id }) => id);
  if (tooMany.length > 0) await ctx.db.delete(subscription).where(inArray(subscription.id, tooMany));
  const [added] = await ctx.db
    .insert(subscription)
    .values({ ...wanted, id: newId(), createdAt: ctx.now })
    .onConflictDoNothing()
    .returning();
  return added;
}
