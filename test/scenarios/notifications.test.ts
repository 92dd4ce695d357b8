import { expect } from 'bun:test';
import { eq } from 'drizzle-orm';
import { forUpdate } from '../../src/db/lock.ts';
import { newId } from '../../src/lib/id.ts';
import type { Person } from '../support/person.ts';
import { scenarios, type Scene } from '../support/scenario.ts';
import type { TestSocket } from '../support/socket.ts';
import { holdTransaction, somebodyWaits } from '../support/store.ts';

async function group({ server }: Scene, extra: object = {}) {
  const [ann, ben, cem] = await Promise.all([server.person('Ann'), server.person('Ben'), server.person('Cem')]);
  const { id } = await ann.must('conversation.create', { title: 'Club', memberIds: [ben.userId, cem.userId], ...extra });
  for (const person of [ben, cem]) await person.must('notification.read', { all: true });
  return { ann, ben, cem, conversationId: id as string };
}

/** The messages have settled: whoever has not read them by now was not looking. */
async function settle({ server }: Scene): Promise<void> {
  server.clock.advance(1_000);
  await server.app.jobsDone();
}

const notices = async (socket: TestSocket) => (await socket.news()).filter((event) => event.type.startsWith('notification.'));
/** What is unread; that they were added to the group they have read. */
const kindsOf = async (person: Person): Promise<string[]> =>
  (await person.must('notification.list', { unread: true })).items.map((item: any) => item.kind);

scenarios(
  'Notifications',
  (scenario) => {
    // Went wrong on Postgres: the notification was not committed yet when those about the message were removed.
    scenario('a message that is deleted while its notifications are made leaves none', async (scene) => {
      const { ann, ben, conversationId } = await group(scene);
      const { store } = scene.server.app.ports;
      const { message, notification } = store.tables;
      const sent = await ann.must('message.send', { conversationId, content: 'Secret boats' });
      const about = {
        orgId: scene.server.orgId,
        conversationId,
        messageId: sent.id,
        seq: sent.seq,
        actorId: ann.userId,
        subject: `message:${sent.id}`,
      };
      const making = await holdTransaction(store, async (db) => {
        await forUpdate(db.select({ id: message.id }).from(message).where(eq(message.id, sent.id)), message);
        await db.insert(notification).values({ ...about, id: newId(), userId: ben.userId, kind: 'mention', createdAt: 1 });
      });
      const deleting = ann.must('message.delete', { messageId: sent.id }, scene.door);
      await somebodyWaits(store);
      await making.commit();
      await deleting;
      expect(await store.read.$count(notification, eq(notification.messageId, sent.id))).toBe(0);
    });

    scenario('a direct message that was not read in time is told, kept and counted; one that was read is not', async (scene) => {
      const [ann, ben] = await Promise.all([scene.server.person('Ann'), scene.server.person('Ben')]);
      const { id: conversationId } = await ann.must('conversation.create', { userId: ben.userId });
      const his = await ben.connect();
      const read = await ann.must('message.send', { conversationId, content: 'You there?' });
      await ben.must('read.mark', { conversationId, seq: read.seq });
      const sent = await ann.must('message.send', { conversationId, content: 'Call me' }, scene.door);
      expect(await notices(his)).toEqual([]);
      await settle(scene);
      const notification = {
        id: expect.any(String),
        kind: 'direct',
        orgId: scene.server.orgId,
        conversationId,
        messageId: sent.id,
        seq: 2,
        actor: { id: ann.userId, name: 'Ann', avatarUrl: null, kind: 'user' },
        emoji: null,
        preview: 'Call me',
        createdAt: scene.server.clock.now(),
        readAt: null,
      };
      expect(await notices(his)).toEqual([{ type: 'notification.created', conversationId, data: notification }]);
      expect(await ben.must('notification.list', {}, scene.door)).toEqual({ items: [notification], cursor: null, unread: 1 });
      expect(await ann.must('notification.list', {}, scene.door)).toEqual({ items: [], cursor: null, unread: 0 });
    });

    scenario('mentions, replies and threads are told for the strongest reason, once; other messages of a group are not', async (scene) => {
      const { ann, ben, cem, conversationId } = await group(scene);
      const question = await ben.must('message.send', { conversationId, content: 'Who comes?' });
      await ann.must('message.send', { conversationId, content: 'Me', replyToId: question.id, mentions: [ben.userId] }, scene.door);
      await ann.must('message.send', { conversationId, content: 'I do', replyToId: question.id }, scene.door);
      await ann.must('message.send', { conversationId, content: 'More here', threadId: question.id }, scene.door);
      await ann.must('message.send', { conversationId, content: 'Nothing special' }, scene.door);
      await settle(scene);
      expect([await kindsOf(ben), await kindsOf(cem)]).toEqual([['reply', 'reply', 'mention'], []]);
      await cem.must('message.send', { conversationId, content: 'In the thread', threadId: question.id });
      await settle(scene);
      expect([await kindsOf(ben), await kindsOf(ann)]).toEqual([['reply', 'reply', 'reply', 'mention'], ['reply']]);
      await ben.must('message.send', { conversationId, content: '@all', mentions: ['all'] });
      await settle(scene);
      expect([(await kindsOf(ann))[0], (await kindsOf(cem))[0], await kindsOf(ben)]).toEqual(['mention', 'mention', []]);
    });

    scenario('reading the conversation reads its notifications, on every device; reading them leaves the conversation', async (scene) => {
      const { ann, ben, conversationId } = await group(scene);
      for (const content of ['1', '2', '3']) await ann.must('message.send', { conversationId, content, mentions: [ben.userId] });
      await settle(scene);
      const his = await ben.connect();
      const { items } = await ben.must('notification.list');
      expect(await ben.must('notification.read', { ids: [items[0].id] }, scene.door)).toEqual({ unread: 2 });
      expect(await ben.must('notification.read', { ids: [items[0].id] }, scene.door)).toEqual({ unread: 2 });
      await ben.must('read.mark', { conversationId, seq: 1 }, scene.door);
      await ben.must('read.mark', { conversationId, seq: 3 }, scene.door);
      expect(await notices(his)).toEqual([
        { type: 'notification.read', data: { ids: [items[0].id], unread: 2 } },
        { type: 'notification.read', data: { ids: [items[2].id], unread: 1 } },
        { type: 'notification.read', data: { ids: [items[1].id], unread: 0 } },
      ]);
      expect((await ben.must('notification.list', { unread: true }, scene.door)).items).toEqual([]);
      expect((await ben.must('notification.list', {}, scene.door)).items).toHaveLength(4);
      expect(await ben.by(scene.door, 'notification.read', {})).toMatchObject({ ok: false, error: { details: [{ path: 'ids' }] } });
    });

    scenario('whoever answers has read what was before', async (scene) => {
      const { ann, ben, conversationId } = await group(scene);
      await ann.must('message.send', { conversationId, content: '@Ben', mentions: [ben.userId] });
      await settle(scene);
      expect((await ben.must('notification.list')).unread).toBe(1);
      await ben.must('message.send', { conversationId, content: 'Here I am' }, scene.door);
      await settle(scene);
      expect((await ben.must('notification.list', {}, scene.door)).unread).toBe(0);
    });

    scenario('pages go on where the last one ended, and all are read at once', async (scene) => {
      const { ann, ben, conversationId } = await group(scene);
      for (let n = 0; n < 5; n++) await ann.must('message.send', { conversationId, content: `${n}`, mentions: [ben.userId] });
      await settle(scene);
      const previews: string[] = [];
      for (let cursor: string | undefined | null; cursor !== null;) {
        const page: any = await ben.must('notification.list', { limit: 2, ...(cursor && { cursor }) }, scene.door);
        previews.push(...page.items.map((item: any) => item.preview));
        cursor = page.cursor;
      }
      expect(previews.slice(0, 5)).toEqual(['4', '3', '2', '1', '0']);
      expect(await ben.must('notification.read', { all: true }, scene.door)).toEqual({ unread: 0 });
    });

    scenario('mutes, and what one wants to hear of a conversation and of a kind, are kept', async (scene) => {
      const { ann, ben, conversationId } = await group(scene);
      const mention = async (): Promise<void> => {
        await ann.must('message.send', { conversationId, content: '@Ben', mentions: [ben.userId] });
        await settle(scene);
      };
      const count = async (): Promise<number> => (await ben.must('notification.list')).unread;
      await ben.must('membership.update', { conversationId, mutedUntil: scene.server.clock.now() + 60_000 }, scene.door);
      await mention();
      expect(await count()).toBe(0);
      scene.server.clock.advance(60_000);
      await mention();
      expect(await count()).toBe(1);
      await ben.must('membership.update', { conversationId, notify: 'none' }, scene.door);
      await mention();
      expect(await count()).toBe(1);
      await ben.must('membership.update', { conversationId, notify: 'mentions' }, scene.door);
      await mention();
      expect(await count()).toBe(2);
      const kinds = (await ben.must('preference.update', { kinds: { mention: { centre: false } } }, scene.door)).kinds;
      expect(kinds.mention).toEqual({ centre: false, push: true });
      await mention();
      expect(await count()).toBe(2);
      expect((await ben.must('preference.get', {}, scene.door)).kinds).toEqual(kinds);
    });

    scenario('devices that choose different things in the same moment both have their way', async (scene) => {
      const ann = await scene.server.person('Ann');
      const names = ['mention', 'reply', 'direct', 'added'] as const;
      await Promise.all(names.map((name) => ann.must('preference.update', { kinds: { [name]: { push: false } } }, scene.door)));
      const { kinds } = await ann.must('preference.get', {}, scene.door);
      expect(names.map((name) => kinds[name].push)).toEqual([false, false, false, false]);
    });

    scenario('being added is told; reactions only to those who want to hear of them', async (scene) => {
      const { ann, ben, cem, conversationId } = await group(scene);
      const dan = await scene.server.person('Dan');
      const his = await dan.connect();
      await ann.must('member.add', { conversationId, userIds: [dan.userId] }, scene.door);
      expect(await notices(his)).toMatchObject([
        { type: 'notification.created', conversationId, data: { kind: 'added', messageId: null, actor: { id: ann.userId }, preview: null } },
      ]);
      const { id: messageId } = await ben.must('message.send', { conversationId, content: 'Cake' });
      await cem.must('reaction.add', { messageId, emoji: '🎂' }, scene.door);
      expect(await kindsOf(ben)).toEqual([]);
      await ben.must('preference.update', { kinds: { reaction: { centre: true } } }, scene.door);
      await cem.must('reaction.add', { messageId, emoji: '👍' }, scene.door);
      expect((await ben.must('notification.list')).items[0]).toMatchObject({
        kind: 'reaction',
        emoji: '👍',
        actor: { id: cem.userId },
        preview: 'Cake',
      });
      await cem.must('reaction.remove', { messageId, emoji: '👍' }, scene.door);
      expect(await kindsOf(ben)).toEqual([]);
    });

    scenario('what is gone is not told: deleted messages, people who left or were removed, what one may not read', async (scene) => {
      const { ann, ben, cem, conversationId } = await group(scene, { settings: { history: 'joined' } });
      const send = (content: string): Promise<any> => ann.must('message.send', { conversationId, content, mentions: [ben.userId, cem.userId] });
      const deleted = await send('Secret 1');
      await ann.must('message.delete', { messageId: deleted.id });
      await settle(scene);
      expect([await kindsOf(ben), await kindsOf(cem)]).toEqual([[], []]);
      const his = await ben.connect();
      const told = await send('Secret 2');
      await settle(scene);
      const created = (await notices(his))[0];
      await ann.must('message.delete', { messageId: told.id }, scene.door);
      expect(await notices(his)).toEqual([{ type: 'notification.removed', data: { ids: [created?.data.id], unread: 0 } }]);
      await send('Secret 3');
      await ann.must('member.remove', { conversationId, userId: ben.userId }, scene.door);
      await settle(scene);
      expect(JSON.stringify([await ben.must('notification.list', {}, scene.door), await notices(his)])).not.toContain('Secret 3');
      await ann.must('member.add', { conversationId, userIds: [ben.userId] });
      expect(await kindsOf(ben)).toEqual(['added']);
      const hidden = await send('Secret 4');
      await settle(scene);
      await cem.must('message.delete', { messageId: hidden.id, for: 'me' });
      expect((await cem.must('notification.list', {}, scene.door)).items.map((item: any) => item.preview)).toEqual(['Secret 3', null]);
    });

    scenario('whoever deletes a message for themselves is reminded of it no longer, on any device', async (scene) => {
      const { ann, ben, conversationId } = await group(scene);
      const { id: messageId } = await ann.must('message.send', { conversationId, content: '@Ben', mentions: [ben.userId] });
      await settle(scene);
      await ann.must('message.send', { conversationId, content: '@Ben again', mentions: [ben.userId] });
      await settle(scene);
      const his = await ben.connect();
      const [, { id }] = (await ben.must('notification.list')).items;
      await ben.must('message.delete', { messageId, for: 'me' }, scene.door);
      expect(await notices(his)).toEqual([{ type: 'notification.removed', data: { ids: [id], unread: 1 } }]);
      const [left] = (await ben.must('notification.list', { unread: true }, scene.door)).items;
      await ben.must('notification.read', { ids: [left.id] }, scene.door);
      expect(await notices(his)).toEqual([{ type: 'notification.read', data: { ids: [left.id], unread: 0 } }]);
    });

    scenario('what somebody deleted for themselves is not told afterwards: not when it settles, is edited or reacted to', async (scene) => {
      const { ann, ben, conversationId } = await group(scene);
      await ben.must('preference.update', { kinds: { reaction: { centre: true } } });
      const { id: messageId } = await ann.must('message.send', { conversationId, content: 'Secret', mentions: [ben.userId] });
      const own = await ben.must('message.send', { conversationId, content: 'Secret too' });
      const his = await ben.connect();
      for (const hidden of [messageId, own.id]) await ben.must('message.delete', { messageId: hidden, for: 'me' }, scene.door);
      await settle(scene);
      await ann.must('message.edit', { messageId, content: 'Secret, @all', mentions: [ben.userId, 'all'] }, scene.door);
      await ann.must('reaction.add', { messageId: own.id, emoji: '👍' }, scene.door);
      await settle(scene);
      expect(await notices(his)).toEqual([]);
      expect(await ben.must('notification.list', { unread: true }, scene.door)).toMatchObject({ items: [], unread: 0 });
    });

    scenario('whoever blocks somebody hears nothing of them', async (scene) => {
      const { ann, ben, conversationId } = await group(scene);
      const { store, clock } = scene.server.app.ports;
      const { block } = store.tables;
      await store.tx(async (db) => void (await db.insert(block).values({ blockerId: ben.userId, blockedId: ann.userId, createdAt: clock.now() })));
      await ann.must('message.send', { conversationId, content: '@Ben', mentions: [ben.userId] });
      await settle(scene);
      expect(await kindsOf(ben)).toEqual([]);
    });

    scenario('an edit that mentions somebody tells them, and nobody twice', async (scene) => {
      const { ann, ben, cem, conversationId } = await group(scene);
      const { id: messageId } = await ann.must('message.send', { conversationId, content: '@Ben', mentions: [ben.userId] });
      await settle(scene);
      await ann.must('message.edit', { messageId, content: '@Ben @Cem', mentions: [ben.userId, cem.userId] }, scene.door);
      await settle(scene);
      expect([await kindsOf(ben), await kindsOf(cem)]).toEqual([['mention'], ['mention']]);
    });

    scenario('the newest are kept up to the limit, the oldest go', async (scene) => {
      const { ann, ben, conversationId } = await group(scene);
      const [added] = (await ben.must('notification.list')).items;
      const his = await ben.connect();
      for (let n = 1; n <= 8; n++) await ann.must('message.send', { conversationId, content: `${n}`, mentions: [ben.userId] });
      await settle(scene);
      const told = await notices(his);
      const oldest = told.slice(0, 2).map((event) => event.data.id);
      const removed = told.find((event) => event.type === 'notification.removed');
      expect(removed?.data).toEqual({ ids: expect.arrayContaining([added.id, ...oldest]), unread: 6 });
      const { items } = await ben.must('notification.list', {}, scene.door);
      expect(items.map((item: any) => item.preview)).toEqual(['8', '7', '6', '5', '4', '3']);
      const { store } = scene.server.app.ports;
      expect(await store.read.$count(store.tables.notification, eq(store.tables.notification.userId, ben.userId))).toBe(6);
      const ids = [...items.map((item: any) => item.id), items[0].id];
      expect(await ben.by(scene.door, 'notification.read', { ids })).toMatchObject({ ok: false, error: { details: [{ path: 'ids', limit: 6 }] } });
    });

    scenario('a job that is done twice tells nobody twice', async (scene) => {
      const { ann, ben, conversationId } = await group(scene);
      const { seq } = await ann.must('message.send', { conversationId, content: '@Ben', mentions: [ben.userId] });
      await settle(scene);
      const { store, clock } = scene.server.app.ports;
      const job = { id: `again-${conversationId}`, kind: 'message.stored', payload: { spans: [{ conversationId, first: seq, last: seq }] } };
      await store.tx(async (db) => void (await db.insert(store.tables.outbox).values({ ...job, dueAt: clock.now(), createdAt: clock.now() })));
      scene.server.app.ports.wakeOutbox();
      await settle(scene);
      expect(await kindsOf(ben)).toEqual(['mention']);
    });
  },
  { notificationsMax: 6 },
);
