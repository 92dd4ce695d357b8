import { afterAll, expect } from 'bun:test';
import { eq, like } from 'drizzle-orm';
import { configSchema } from '../../src/config.ts';
import { askForPush, askForWithdrawal } from '../../src/features/push/index.ts';
import { systemActor } from '../../src/kernel/actor.ts';
import type { Ctx } from '../../src/kernel/command.ts';
import { runAs } from '../../src/kernel/execute.ts';
import type { PushReason } from '../../src/wire/push.ts';
import type { Person } from '../support/person.ts';
import { startPushService, type Browser } from '../support/push-service.ts';
import { scenarios, type Scene } from '../support/scenario.ts';
import type { TestServer } from '../support/server.ts';

const service = startPushService();
afterAll(() => service.stop());

const none = { push: false };
/** Nothing asks for a push by itself: the tests do. */
const unasked = {
  mention: { centre: false, ...none },
  reply: { centre: false, ...none },
  direct: { centre: false, ...none },
  added: { centre: false, ...none },
  message: none,
};

/** Ann writes to Ben, who has a browser that takes pushes. */
async function stage({ server, door }: Scene) {
  const [ann, ben] = await Promise.all([server.person('Ann'), server.person('Ben')]);
  const { id: conversationId } = await ann.must('conversation.create', { userId: ben.userId });
  const browser = service.browser();
  await ben.must('push.subscribe', browser.subscription, door);
  await ben.must('preference.update', { kinds: unasked });
  // Whoever calls over a socket is there, and looks.
  await ben.disconnect();
  server.clock.advance(60_000);
  return { ann, ben, conversationId, browser };
}

const asSystem = (server: TestServer, work: (ctx: Ctx) => void): Promise<void> =>
  runAs(server.app.ports, { actor: systemActor, requestId: 'test', connectionId: null, token: null }, async (ctx) => work(ctx));

const push = (server: TestServer, { userId }: Person, conversationId: string, seq: number, reason: PushReason = 'direct'): Promise<void> =>
  asSystem(server, (ctx) => askForPush(ctx, { userId, conversationId, seq, reason }));

const withdraw = (server: TestServer, { userId }: Person, conversationId: string): Promise<void> =>
  asSystem(server, (ctx) => askForWithdrawal(ctx, { userId, conversationId }));

/** Pushes that are not done yet: waiting, tried again later, or given up. */
async function jobsOf({ app }: TestServer) {
  await app.jobsDone();
  const { outbox } = app.ports.store.tables;
  return app.ports.store.read.select().from(outbox).where(like(outbox.kind, 'push.%'));
}

async function subscriptionsOf({ app }: TestServer, { userId }: Person) {
  const { pushSubscription } = app.ports.store.tables;
  return app.ports.store.read.select().from(pushSubscription).where(eq(pushSubscription.userId, userId));
}

const silent = async (server: TestServer, browser: Browser): Promise<void> => {
  expect(await jobsOf(server)).toEqual([]);
  expect(browser.pushed).toEqual([]);
};

const status =
  (code: number, headers: Record<string, string> = {}) =>
  (): Response =>
    new Response(null, { status: code, headers });

scenarios(
  'Web Push',
  (scenario) => {
    scenario('a push says who wrote what, signed with the key that the browser subscribed to', async (scene) => {
      const { server, door } = scene;
      const { ann, ben, conversationId, browser } = await stage(scene);
      const { id: messageId, seq } = await ann.must('message.send', { conversationId, content: 'Are you coming?' });
      await push(server, ben, conversationId, seq);
      const { data, ...envelope } = await browser.next();
      expect(data).toEqual({
        id: expect.any(String),
        kind: 'direct',
        conversationId,
        messageId,
        seq,
        title: 'Ann',
        body: 'Are you coming?',
        unread: 1,
        tag: conversationId,
      });
      const { publicKey } = await ben.must('push.key', {}, door);
      expect(envelope).toEqual({
        topic: expect.stringMatching(/^[\w-]{32}$/),
        ttl: 86_400,
        urgency: 'high',
        key: publicKey,
        subject: expect.stringMatching(/^mailto:.+@localhost$/),
      });
      expect(await jobsOf(server)).toEqual([]);
    });

    scenario('in a group the title is the group’s, and a plain message is less urgent', async (scene) => {
      const { server } = scene;
      const { ann, ben, browser } = await stage(scene);
      const { id: conversationId } = await ann.must('conversation.create', { title: 'Rowing', memberIds: [ben.userId] });
      await push(server, ben, conversationId, 0, 'added');
      expect((await browser.next()).data).toMatchObject({ kind: 'added', messageId: null, title: 'Rowing', body: '' });
      const { id: messageId, seq } = await ann.must('message.send', { conversationId, content: 'ö'.repeat(200) });
      await push(server, ben, conversationId, seq, 'message');
      expect(await browser.next()).toMatchObject({
        data: { kind: 'message', messageId, title: 'Rowing', body: `Ann: ${'ö'.repeat(14)}…` },
        urgency: 'normal',
      });
    });

    scenario('a reaction is told with its emoji, unless it was taken back', async (scene) => {
      const { server } = scene;
      const { ann, ben, conversationId, browser } = await stage(scene);
      const { id: messageId, seq } = await ben.must('message.send', { conversationId, content: 'Cake?' });
      await ann.must('reaction.add', { messageId, emoji: '🎂' });
      await push(server, ben, conversationId, seq, 'reaction');
      expect((await browser.next()).data).toMatchObject({ kind: 'reaction', messageId, title: 'Ann', body: '🎂 Cake?', unread: 0 });
      await ann.must('reaction.remove', { messageId, emoji: '🎂' });
      await push(server, ben, conversationId, seq, 'reaction');
      expect(await jobsOf(server)).toEqual([]);
      expect(browser.pushed).toHaveLength(1);
    });

    scenario('several about one conversation become one, the newest; another conversation is pushed by itself', async (scene) => {
      const { server } = scene;
      const { ann, ben, conversationId, browser } = await stage(scene);
      const other = await ann.must('conversation.create', { title: 'Rowing', memberIds: [ben.userId] });
      for (const content of ['one', 'two', 'three']) await ann.must('message.send', { conversationId, content });
      const elsewhere = await ann.must('message.send', { conversationId: other.id, content: 'here' });
      await asSystem(server, (ctx) => {
        for (const seq of [1, 2, 3]) askForPush(ctx, { userId: ben.userId, conversationId, seq, reason: 'direct' });
        askForPush(ctx, { userId: ben.userId, conversationId: other.id, seq: elsewhere.seq, reason: 'message' });
      });
      expect(await jobsOf(server)).toEqual([]);
      expect(browser.pushed.map(({ data }) => [data.body, data.unread]).toSorted()).toEqual([
        ['Ann: here', 1],
        ['three', 3],
      ]);
      expect(new Set(browser.pushed.map(({ topic }) => topic)).size).toBe(2);
    });

    scenario('what was read is withdrawn, under the same topic, unless more is unread by then', async (scene) => {
      const { server } = scene;
      const { ann, ben, conversationId, browser } = await stage(scene);
      const { seq } = await ann.must('message.send', { conversationId, content: 'x' });
      await push(server, ben, conversationId, seq);
      const { topic } = await browser.next();
      await ben.must('read.mark', { conversationId }, 'http');
      await withdraw(server, ben, conversationId);
      expect(await browser.next()).toMatchObject({ data: { withdraw: conversationId }, topic, urgency: 'low' });
      await ann.must('message.send', { conversationId, content: 'y' });
      await withdraw(server, ben, conversationId);
      expect(await jobsOf(server)).toEqual([]);
      expect(browser.pushed).toHaveLength(2);
    });

    scenario('every browser of a person hears of it, and under the same id', async (scene) => {
      const { server, door } = scene;
      const { ann, ben, conversationId, browser } = await stage(scene);
      const second = service.browser();
      await ben.must('push.subscribe', second.subscription, door);
      await ben.disconnect();
      server.clock.advance(60_000);
      const { seq } = await ann.must('message.send', { conversationId, content: 'x' });
      await push(server, ben, conversationId, seq);
      const [one, other] = [await browser.next(), await second.next()];
      expect(one.data.id).toBe(other.data.id);
    });

    scenario('nothing is pushed to whoever looks, has read it, or wrote it', async (scene) => {
      const { server } = scene;
      const { ann, ben, conversationId, browser } = await stage(scene);
      const { seq } = await ann.must('message.send', { conversationId, content: 'x' });
      await ben.connect();
      await push(server, ben, conversationId, seq);
      await silent(server, browser);
      await ben.must('read.mark', { conversationId });
      await ben.disconnect();
      server.clock.advance(60_000);
      await push(server, ben, conversationId, seq);
      const own = await ben.must('message.send', { conversationId, content: 'mine' });
      await push(server, ben, conversationId, own.seq);
      await silent(server, browser);
    });

    scenario('nothing is pushed of what was deleted, hidden, or before one’s time', async (scene) => {
      const { server } = scene;
      const { ann, ben, browser } = await stage(scene);
      const { id: conversationId } = await ann.must('conversation.create', { title: 'Rowing', settings: { history: 'joined' } });
      const early = await ann.must('message.send', { conversationId, content: 'before Ben' });
      await ann.must('member.add', { conversationId, userIds: [ben.userId] });
      const deleted = await ann.must('message.send', { conversationId, content: 'deleted' });
      await ann.must('message.delete', { messageId: deleted.id });
      const hidden = await ann.must('message.send', { conversationId, content: 'hidden' });
      await ben.must('message.delete', { messageId: hidden.id, for: 'me' });
      for (const { seq } of [early, deleted, hidden]) {
        await push(server, ben, conversationId, seq, 'mention');
        await silent(server, browser);
      }
    });

    scenario('nothing is pushed to whoever was removed, from the conversation or the organisation', async (scene) => {
      const { server } = scene;
      const { ann, ben, browser } = await stage(scene);
      const { store } = server.app.ports;
      const { id: conversationId } = await ann.must('conversation.create', { title: 'Rowing', memberIds: [ben.userId] });
      const { seq } = await ann.must('message.send', { conversationId, content: 'x' });
      await ann.must('member.remove', { conversationId, userId: ben.userId });
      await push(server, ben, conversationId, seq, 'message');
      await push(server, ben, conversationId, seq, 'added');
      await silent(server, browser);
      await ann.must('member.add', { conversationId, userIds: [ben.userId] });
      const again = await ann.must('message.send', { conversationId, content: 'y' });
      await store.tx(async (db) => void (await db.delete(store.tables.member).where(eq(store.tables.member.userId, ben.userId))));
      await push(server, ben, conversationId, again.seq, 'message');
      await silent(server, browser);
    });

    scenario('while the service cannot, it is tried again, as late as the service wishes, and says what is true then', async (scene) => {
      const { server } = scene;
      const { ann, ben, conversationId, browser } = await stage(scene);
      const { id: messageId, seq } = await ann.must('message.send', { conversationId, content: 'first' });
      browser.answer(status(503));
      browser.answer(status(429, { 'retry-after': '120' }));
      await push(server, ben, conversationId, seq);
      expect(await jobsOf(server)).toMatchObject([
        { attempts: 1, lastError: 'push answered 503', dueAt: server.clock.now() + 1_000, failedAt: null },
      ]);
      server.clock.advance(1_000);
      expect(await jobsOf(server)).toMatchObject([
        { attempts: 2, lastError: 'push answered 429', dueAt: server.clock.now() + 120_000, failedAt: null },
      ]);
      await ann.must('message.edit', { messageId, content: 'second' });
      server.clock.advance(119_999);
      expect(await jobsOf(server)).toHaveLength(1);
      expect(browser.pushed).toHaveLength(2);
      server.clock.advance(1);
      expect(await jobsOf(server)).toEqual([]);
      expect(browser.pushed.map(({ data }) => data.body)).toEqual(['first', 'first', 'second']);
      expect(new Set(browser.pushed.map(({ data }) => data.id)).size).toBe(1);
    });

    scenario('a browser that takes no more is forgotten; what a service refuses is left to be looked at', async (scene) => {
      const { server, door } = scene;
      const { ann, ben, conversationId, browser } = await stage(scene);
      const { seq } = await ann.must('message.send', { conversationId, content: 'Secret' });
      browser.answer(status(410));
      await push(server, ben, conversationId, seq);
      expect(await jobsOf(server)).toEqual([]);
      expect(await subscriptionsOf(server, ben)).toEqual([]);
      await ben.must('push.subscribe', browser.subscription, door);
      await ben.disconnect();
      server.clock.advance(60_000);
      browser.answer(status(413));
      await push(server, ben, conversationId, seq);
      const [dead] = await jobsOf(server);
      expect(dead).toMatchObject({ attempts: 1, lastError: 'push answered 413', failedAt: server.clock.now() });
      const kept = JSON.stringify([dead, server.log]);
      for (const secret of ['Secret', browser.subscription.endpoint, browser.subscription.keys.auth]) expect(kept).not.toContain(secret);
      const { store } = server.app.ports;
      await store.tx(async (db) => void (await db.delete(store.tables.outbox).where(eq(store.tables.outbox.id, dead?.id ?? ''))));
    });

    scenario('a redirect is not followed, and a service that never answers holds up no other', async (scene) => {
      const { server } = scene;
      const { ann, ben, conversationId, browser } = await stage(scene);
      const trap = service.browser();
      browser.answer(status(307, { location: trap.subscription.endpoint }));
      const { seq } = await ann.must('message.send', { conversationId, content: 'x' });
      await push(server, ben, conversationId, seq);
      const [dead] = await jobsOf(server);
      expect([dead?.lastError, trap.pushed]).toEqual(['push answered 307', []]);
      const { store } = server.app.ports;
      await store.tx(async (db) => void (await db.delete(store.tables.outbox).where(eq(store.tables.outbox.id, dead?.id ?? ''))));

      const never = Promise.withResolvers<Response>();
      browser.answer(() => never.promise);
      await push(server, ben, conversationId, seq);
      await browser.next();
      await browser.next();
      const quick = await stage(scene);
      const { seq: theirs } = await quick.ann.must('message.send', { conversationId: quick.conversationId, content: 'quick' });
      await push(server, quick.ben, quick.conversationId, theirs);
      expect((await quick.browser.next()).data.body).toBe('quick');
      server.clock.advance(5_000);
      expect(await jobsOf(server)).toMatchObject([{ attempts: 1, lastError: 'push unanswered' }]);
      never.resolve(new Response(null, { status: 201 }));
      server.clock.advance(60_000);
      expect(await jobsOf(server)).toEqual([]);
    });

    scenario('the largest push stays below 3 kB', async (scene) => {
      const { server } = scene;
      const { ann, ben, browser } = await stage(scene);
      const { id: conversationId } = await ann.must('conversation.create', { title: '😀'.repeat(80), memberIds: [ben.userId] });
      // Written as \u0001, which is the longest that JSON makes of a character.
      const { seq } = await ann.must('message.send', { conversationId, content: `a${'\u0001'.repeat(1_000)}` });
      await push(server, ben, conversationId, seq, 'message');
      const { data } = await browser.next();
      const longest = { ...data, body: '\u0001'.repeat(configSchema.shape.pushBodyMaxCodePoints.unwrap().maxValue ?? Infinity) };
      expect(Buffer.byteLength(JSON.stringify(longest))).toBeLessThan(3_000);
    });

    scenario('pushAtOnceMax: that many are under way, the next leaves when one of them is answered', async (scene) => {
      const { server } = scene;
      const scenes = [await stage(scene), await stage(scene), await stage(scene), await stage(scene)];
      const held = scenes.map(({ browser }) => {
        const answer = Promise.withResolvers<Response>();
        browser.answer(() => answer.promise);
        return answer;
      });
      for (const { ann, ben, conversationId } of scenes) {
        const { seq } = await ann.must('message.send', { conversationId, content: 'x' });
        await push(server, ben, conversationId, seq);
      }
      await Promise.all(scenes.slice(0, 3).map(({ browser }) => browser.next()));
      expect(scenes.map(({ browser }) => browser.pushed.length)).toEqual([1, 1, 1, 0]);
      held[1]?.resolve(new Response(null, { status: 201 }));
      await scenes[3]?.browser.next();
      for (const answer of held) answer.resolve(new Response(null, { status: 201 }));
      expect(await jobsOf(server)).toEqual([]);
    });

    scenario('a browser whose session or subscription is over is pushed nothing and forgotten', async (scene) => {
      const { server } = scene;
      const { ann, ben, conversationId, browser } = await stage(scene);
      const expiring = service.browser();
      await ben.must('push.subscribe', { ...expiring.subscription, expirationTime: server.clock.now() + 1_000 });
      server.clock.advance(1_000);
      const { seq } = await ann.must('message.send', { conversationId, content: 'x' });
      await push(server, ben, conversationId, seq);
      await browser.next();
      await silent(server, expiring);
      expect(await subscriptionsOf(server, ben)).toHaveLength(1);
      const { store } = server.app.ports;
      await store.tx(async (db) => void (await db.delete(store.tables.session).where(eq(store.tables.session.userId, ben.userId))));
      await push(server, ben, conversationId, seq);
      expect(await jobsOf(server)).toEqual([]);
      expect([browser.pushed.length, await subscriptionsOf(server, ben)]).toEqual([1, []]);
    });

    scenario('what waits for a browser is not pushed to whoever took it over', async (scene) => {
      const { server, door } = scene;
      const { ann, ben, conversationId, browser } = await stage(scene);
      const eve = await server.person('Eve');
      const { seq } = await ann.must('message.send', { conversationId, content: 'for Ben' });
      browser.answer(status(503));
      await push(server, ben, conversationId, seq);
      await jobsOf(server);
      await eve.must('push.subscribe', browser.subscription, door);
      server.clock.advance(10_000);
      expect(await jobsOf(server)).toEqual([]);
      expect(browser.pushed).toHaveLength(1);
    });
  },
  // Nothing is pushed here but what these scenarios ask for.
  { messageSettleMs: 86_400_000, pushAllowPrivate: true, pushBodyMaxCodePoints: 20, pushTimeoutMs: 5_000, pushTtlS: 86_400, pushAtOnceMax: 3 },
);
