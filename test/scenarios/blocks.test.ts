import { expect } from 'bun:test';
import { and, eq } from 'drizzle-orm';
import type { Person } from '../support/person.ts';
import { scenarios, type Scene } from '../support/scenario.ts';

const REFUSED = { ok: false, error: { code: 'forbidden', message: 'You cannot message this person.' } };

async function two({ server }: Scene) {
  const [ann, ben] = await Promise.all([server.person('Ann'), server.person('Ben')]);
  return { ann, ben };
}

/** They talk to each other. */
async function pair(scene: Scene) {
  const { ann, ben } = await two(scene);
  const { id } = await ann.must('conversation.create', { userId: ben.userId });
  const conversationId: string = id;
  const { id: messageId } = await ben.must('message.send', { conversationId, content: 'Hello!' });
  return { ann, ben, conversationId, messageId: messageId as string };
}

const presenceOf = async (who: Person, whom: Person, door: Scene['door']) => {
  const { userId } = whom;
  const one = await who.must('presence.get', { userId }, door);
  const [listed] = (await who.must('presence.get', { ids: [userId] }, door)).items;
  const [contact] = (await who.must('contact.list', { q: `${userId}@example.com` }, door)).items;
  const [watched] = (await who.must('presence.watch', { userIds: [userId] }, 'socket')).items;
  const profile = await who.must('person.get', { userId }, door);
  return [one, listed, contact, watched, profile].map(({ status, lastActiveAt }) => `${status} ${lastActiveAt === null ? 'never seen' : 'seen'}`);
};
const all = (presence: string): string[] => Array.from({ length: 5 }, () => presence);

scenarios(
  'Blocks',
  (scenario) => {
    scenario('a block is private: the blocker has it in a list and hears of it, the other gets no list and no event of it', async (scene) => {
      const { ann, ben } = await two(scene);
      const [hers, his] = [await ann.connect(), await ben.connect()];
      const first = await ann.by(scene.door, 'block.add', { userId: ben.userId });
      const again = await ann.by(scene.door, 'block.add', { userId: ben.userId });
      const user = { id: ben.userId, externalId: null, name: 'Ben', avatarUrl: null, kind: 'user', statusText: null };
      const block = { userId: ben.userId, user, createdAt: scene.server.clock.now() };
      expect([first, again]).toMatchObject([
        { ok: true, data: block },
        { ok: true, data: block },
      ]);
      if (scene.door === 'http') expect([first.status, again.status]).toEqual([201, 200]);
      expect(await ann.must('block.list', {}, scene.door)).toEqual({ items: [block], cursor: null });
      expect(await ben.must('block.list', {}, scene.door)).toEqual({ items: [], cursor: null });
      expect(await ann.must('person.get', { userId: ben.userId }, scene.door)).toMatchObject({ blocked: true, capabilities: { message: false } });
      expect(await ben.must('person.get', { userId: ann.userId }, scene.door)).toMatchObject({ blocked: false, capabilities: { message: false } });
      for (const _ of [1, 2]) await ann.must('block.remove', { userId: ben.userId }, scene.door);
      expect(await ann.must('block.list', {}, scene.door)).toEqual({ items: [], cursor: null });
      expect(await hers.news()).toEqual([
        { type: 'block.added', data: block },
        { type: 'block.removed', data: { userId: ben.userId } },
      ]);
      expect(await his.everything()).toEqual([{ type: 'presence.updated', data: { userId: ann.userId, status: 'offline', lastActiveAt: null } }]);
    });

    scenario('no direct conversation begins, whoever of the two asks', async (scene) => {
      const { ann, ben } = await two(scene);
      await ann.must('block.add', { userId: ben.userId }, scene.door);
      const ask = (who: Person, whom: Person) =>
        Promise.all([
          who.by(scene.door, 'conversation.create', { userId: whom.userId }),
          who.by(scene.door, 'message.sendDirect', { receiverId: whom.userId, content: 'x' }),
        ]);
      const own = { ok: false, error: { code: 'forbidden', message: 'You block this person; unblock them first.' } };
      expect([await ask(ben, ann), await ask(ann, ben)]).toMatchObject([
        [REFUSED, REFUSED],
        [own, own],
      ]);
      await ann.must('block.remove', { userId: ben.userId }, scene.door);
      await ben.must('message.sendDirect', { receiverId: ann.userId, content: 'Hello!' }, scene.door);
    });

    scenario('in a direct conversation that is there nobody posts, and it says so to both', async (scene) => {
      const { ann, ben, conversationId, messageId } = await pair(scene);
      const [hers, his] = [await ann.connect(), await ben.connect()];
      await ann.must('block.add', { userId: ben.userId }, scene.door);
      for (const [who, whom] of [
        [ann, ben],
        [ben, ann],
      ] as const) {
        const tries: [string, Record<string, unknown>][] = [
          ['message.send', { conversationId, content: 'x' }],
          ['message.sendDirect', { receiverId: whom.userId, content: 'x' }],
          ['message.forward', { messageId, conversationId }],
          ['typing.set', { conversationId, typing: true }],
          ['pin.add', { messageId }],
        ];
        for (const [command, input] of tries) expect([command, await who.by(scene.door, command, input)]).toMatchObject([command, REFUSED]);
        for (const [command, input] of [
          ['reaction.add', { messageId, emoji: '🎉' }],
          ['message.edit', { messageId, content: 'y' }],
        ] as const)
          expect([command, await who.by(scene.door, command, input)]).toMatchObject([command, { ok: false, error: { code: 'forbidden' } }]);
        expect(await who.must('conversation.get', { conversationId }, scene.door)).toMatchObject({ capabilities: { post: false, pin: false } });
        expect(await who.must('conversation.create', { userId: whom.userId }, scene.door)).toMatchObject({ id: conversationId });
      }
      await ann.must('block.remove', { userId: ben.userId }, scene.door);
      const own = (who: Person, post: boolean) => ({
        type: 'membership.updated',
        conversationId,
        data: { peer: { id: who === ann ? ben.userId : ann.userId }, capabilities: { post, pin: post, leave: false } },
      });
      expect(await hers.news()).toMatchObject([own(ann, false), { type: 'block.added' }, own(ann, true), { type: 'block.removed' }]);
      expect(await his.news()).toMatchObject([own(ben, false), own(ben, true)]);
      await ben.must('message.send', { conversationId, content: 'Again' }, scene.door);
    });

    scenario('two blocks are two: the conversation opens when both are gone', async (scene) => {
      const { ann, ben, conversationId } = await pair(scene);
      await Promise.all([ann.must('block.add', { userId: ben.userId }, scene.door), ben.must('block.add', { userId: ann.userId }, scene.door)]);
      const post = async () => (await ann.must('conversation.get', { conversationId })).capabilities.post;
      await ann.must('block.remove', { userId: ben.userId }, scene.door);
      expect(await post()).toBe(false);
      expect(await presenceOf(ann, ben, scene.door)).toEqual(all('offline never seen'));
      await ben.must('block.remove', { userId: ann.userId }, scene.door);
      expect(await post()).toBe(true);
    });

    scenario('it holds in every organisation that they share', async (scene) => {
      const { ann, ben, conversationId } = await pair(scene);
      const { store } = scene.server.app.ports;
      const orgId = await scene.server.organisation('Second');
      const { member } = store.tables;
      await store.tx(async (db) => {
        for (const { userId } of [ann, ben])
          await db.insert(member).values({ id: `${orgId} ${userId}`, organizationId: orgId, userId, role: 'member', createdAt: new Date() });
      });
      scene.server.app.ports.apply([ann, ben].map(({ userId }) => ({ do: 'forget', userId })));
      const second = await ann.must('conversation.create', { userId: ben.userId, orgId });
      await ann.must('block.add', { userId: ben.userId }, scene.door);
      const { conversationMember } = store.tables;
      for (const id of [conversationId, second.id]) {
        expect(await ben.by(scene.door, 'message.send', { conversationId: id, content: 'x' })).toMatchObject(REFUSED);
        const rows = await store.read.select().from(conversationMember).where(eq(conversationMember.conversationId, id));
        expect(rows.map((row) => row.blocked)).toEqual([true, true]);
      }
    });

    scenario('groups stay as they are', async (scene) => {
      const { ann, ben } = await pair(scene);
      const { id: conversationId } = await ann.must('conversation.create', { title: 'Team', memberIds: [ben.userId] });
      await ann.must('block.add', { userId: ben.userId }, scene.door);
      const hers = await ann.connect();
      await ben.must('message.send', { conversationId, content: 'Hello, team' }, scene.door);
      expect(await hers.news()).toMatchObject([{ type: 'message.created', data: { content: 'Hello, team' } }]);
    });

    scenario('the blocked one sees the blocker offline by every way, and only that way round', async (scene) => {
      const { ann, ben } = await pair(scene);
      await Promise.all([ann.connect(), ben.connect()]);
      expect(await presenceOf(ben, ann, scene.door)).toEqual(all('online seen'));
      await ann.must('block.add', { userId: ben.userId }, scene.door);
      expect(await presenceOf(ben, ann, scene.door)).toEqual(all('offline never seen'));
      expect(await presenceOf(ann, ben, scene.door)).toEqual(all('online seen'));
      await ann.must('block.remove', { userId: ben.userId }, scene.door);
      expect(await presenceOf(ben, ann, scene.door)).toEqual(all('online seen'));
    });

    scenario('live connections of the blocked one hear of the blocker for the last time that they are offline, and again after', async (scene) => {
      const { ann, ben } = await pair(scene);
      const his = await ben.connect();
      await ann.connect();
      await his.event('presence.updated', (event) => event.data.status === 'online');
      await his.everything();
      await ann.must('block.add', { userId: ben.userId }, scene.door);
      await ann.must('presence.set', { status: 'away' }, 'socket');
      await ann.must('person.update', { statusText: 'Relieved' }, scene.door);
      const told = (events: { type: string; data: any }[]) => events.filter(({ type }) => type !== 'membership.updated').map(({ data }) => data);
      expect(told(await his.everything())).toEqual([{ userId: ann.userId, status: 'offline', lastActiveAt: null }]);
      const later = await ben.connect();
      await later.call('presence.watch', { userIds: [ann.userId] });
      await ann.must('presence.set', { status: 'online' }, 'socket');
      expect(told(await later.everything())).toEqual([]);
      await ann.must('block.remove', { userId: ben.userId }, scene.door);
      await ann.must('presence.set', { status: 'away' }, 'socket');
      expect(told(await later.everything())).toMatchObject([{ status: 'online' }, { status: 'away' }]);
      expect(told(await his.everything())).toMatchObject([{ status: 'online' }, { status: 'away' }]);
    });

    scenario('who watched without a direct conversation hears nothing more either', async (scene) => {
      const { ann, ben } = await two(scene);
      await ann.connect();
      await ben.must('presence.watch', { userIds: [ann.userId] }, 'socket');
      await ann.must('block.add', { userId: ben.userId }, scene.door);
      await ann.must('presence.set', { status: 'away' }, 'socket');
      await ann.must('presence.set', { status: 'online' }, 'socket');
      expect(await ben.socket?.everything()).toEqual([
        { type: 'presence.updated', data: { userId: ann.userId, status: 'offline', lastActiveAt: null } },
      ]);
      await ann.must('block.remove', { userId: ben.userId }, scene.door);
      await ann.must('presence.set', { status: 'away' }, 'socket');
      expect(await ben.socket?.everything()).toEqual([]);
      expect((await ben.must('presence.watch', { userIds: [ann.userId] }, 'socket')).items).toMatchObject([{ status: 'away' }]);
    });

    scenario('marks of the one are not told live to the other', async (scene) => {
      const { ann, ben, conversationId } = await pair(scene);
      await ann.must('block.add', { userId: ben.userId }, scene.door);
      const [hers, his] = [await ann.connect(), await ben.connect()];
      expect(await ann.must('read.mark', { conversationId }, scene.door)).toMatchObject({ unread: 0 });
      expect(await his.news()).toEqual([]);
      expect(await hers.news()).toMatchObject([{ type: 'unread.updated' }]);
    });

    scenario('who was away finds what they may do in conversations that did not change otherwise', async (scene) => {
      const { ann, ben, conversationId } = await pair(scene);
      const { rev } = await ben.must('conversation.get', { conversationId });
      await ann.must('block.add', { userId: ben.userId }, scene.door);
      const back = await ben.must('sync', { conversations: { [conversationId]: rev } }, scene.door);
      expect(back.conversations).toEqual([]);
      expect(back.marks[conversationId]).toMatchObject({ capabilities: { post: false }, peer: { id: ann.userId } });
    });

    scenario('a conversation that begins while the other blocks is not begun, or is closed', async (scene) => {
      const { store } = scene.server.app.ports;
      const { conversation, conversationMember } = store.tables;
      for (let i = 0; i < 5; i++) {
        const { ann, ben } = await two(scene);
        const [created] = await Promise.all([
          ben.by(scene.door, 'conversation.create', { userId: ann.userId }),
          ann.must('block.add', { userId: ben.userId }, scene.door),
          ann.by(scene.door, 'message.sendDirect', { receiverId: ben.userId, content: 'x' }),
        ]);
        if (!created.ok) expect(created).toMatchObject(REFUSED);
        const open = await store.read.$count(
          conversationMember,
          and(eq(conversationMember.userId, ben.userId), eq(conversationMember.blocked, false)),
        );
        expect(open).toBe(0);
        const sent = await ben.by(scene.door, 'message.sendDirect', { receiverId: ann.userId, content: 'x' });
        expect(sent).toMatchObject(REFUSED);
        expect(await store.read.$count(conversation, eq(conversation.directKey, [ann.userId, ben.userId].sort().join(' ')))).toBeLessThan(2);
      }
    });

    scenario('nobody blocks themselves or a stranger; whoever left the organisation can be unblocked', async (scene) => {
      const { ann, ben } = await two(scene);
      const eve = await scene.server.person('Eve', { orgId: await scene.server.organisation('Elsewhere') });
      for (const userId of [ann.userId, 'me'])
        expect(await ann.by(scene.door, 'block.add', { userId })).toMatchObject({ ok: false, error: { details: [{ path: 'userId' }] } });
      for (const command of ['block.add', 'block.remove'])
        expect(await ann.by(scene.door, command, { userId: eve.userId })).toMatchObject({ ok: false, error: { code: 'not_found' } });
      await ann.must('block.add', { userId: ben.userId });
      const { store } = scene.server.app.ports;
      await store.tx(async (db) => void (await db.delete(store.tables.member).where(eq(store.tables.member.userId, ben.userId))));
      expect((await ann.must('block.list', {}, scene.door)).items).toMatchObject([{ userId: ben.userId }]);
      await ann.must('block.remove', { userId: ben.userId }, scene.door);
      expect((await ann.must('block.list', {}, scene.door)).items).toEqual([]);
    });

    scenario('blocksMax: that many people are blocked and no more; the list has pages', async (scene) => {
      const ann = await scene.server.person('Ann');
      const people = await Promise.all([1, 2, 3, 4].map((n) => scene.server.person(`P${n}`)));
      const block = ({ userId }: Person) => ann.by(scene.door, 'block.add', { userId });
      for (const person of people.slice(0, 3)) {
        expect(await block(person)).toMatchObject({ ok: true });
        scene.server.clock.advance(1);
      }
      for (const person of people.slice(3))
        expect(await block(person)).toMatchObject({ ok: false, error: { code: 'invalid_input', details: [{ path: 'userId', limit: 3 }] } });
      const first = await ann.must('block.list', { limit: 2 }, scene.door);
      const second = await ann.must('block.list', { limit: 2, cursor: first.cursor }, scene.door);
      expect([...first.items, ...second.items].map((item: { user: { name: string } }) => item.user.name)).toEqual(['P3', 'P2', 'P1']);
      expect(second.cursor).toBeNull();
    });
  },
  { blocksMax: 3 },
);
