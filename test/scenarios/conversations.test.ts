import { expect } from 'bun:test';
import { scenarios } from '../support/scenario.ts';

const typesOf = (events: { type: string }[]): string[] => events.map((event) => event.type);

scenarios(
  'Conversations',
  (scenario) => {
    scenario('a direct conversation is one for the pair: 201, then 200, and the same when both ask at once', async ({ server, door }) => {
      const [ann, ben] = await Promise.all([server.person('Ann'), server.person('Ben')]);
      const theirs = await ben.connect();
      const answers = await Promise.all(
        Array.from({ length: 6 }, (_, i) =>
          i % 2
            ? ann.by(door, 'conversation.create', { kind: 'direct', userId: ben.userId })
            : ben.by(door, 'conversation.create', { targetUserId: ann.userId }),
        ),
      );
      const ids = new Set(answers.map((answer) => answer.ok && answer.data.id));
      expect(ids.size).toBe(1);
      if (door === 'http') expect(answers.map((answer) => answer.status).sort()).toEqual([200, 200, 200, 200, 200, 201]);
      expect(typesOf(await theirs.news())).toEqual(['conversation.created', 'membership.updated']);
      const conversation = await ann.must('conversation.get', { conversationId: [...ids][0] }, door);
      expect(conversation).toMatchObject({
        kind: 'direct',
        title: null,
        orgId: server.orgId,
        memberCount: 2,
        lastSeq: 0,
        rev: 1,
        peer: { id: ben.userId, name: 'Ben' },
        membership: { role: 'member', unread: 0, archived: false },
        capabilities: { post: true, update: false, delete: false, leave: false, addMembers: false },
      });
    });

    scenario('a group has an owner, members who are told, and a title that admins may change', async ({ server, door }) => {
      const [ann, ben, cem] = await Promise.all([server.person('Ann'), server.person('Ben'), server.person('Cem')]);
      const theirs = await ben.connect();
      const group = await ann.must('conversation.create', { kind: 'group', title: 'Match', memberIds: [ben.userId, cem.userId] }, door);
      expect(group).toMatchObject({
        kind: 'group',
        title: 'Match',
        memberCount: 3,
        membership: { role: 'owner' },
        capabilities: { update: true, delete: true },
      });
      const [created, mine] = await theirs.news();
      expect(created).toMatchObject({ type: 'conversation.created', conversationId: group.id, rev: 1, data: { title: 'Match', memberCount: 3 } });
      expect(created?.data).not.toHaveProperty('membership');
      expect(mine).toMatchObject({
        type: 'membership.updated',
        data: { membership: { role: 'member', unread: 0 }, peer: null, capabilities: { update: false } },
      });

      expect(await ben.by(door, 'conversation.update', { conversationId: group.id, title: 'Mine' })).toMatchObject({
        ok: false,
        error: { code: 'forbidden' },
      });
      const updated = await ann.must('conversation.update', { conversationId: group.id, title: 'Sunday', description: 'At ten' }, door);
      expect(updated).toMatchObject({ title: 'Sunday', description: 'At ten', rev: 3, lastSeq: 1 });
      expect(await theirs.news()).toMatchObject([
        { type: 'conversation.updated', rev: 2, data: { title: 'Sunday', description: 'At ten' } },
        { type: 'message.created', rev: 3, data: { type: 'system', seq: 1, metadata: { event: 'title_changed', title: 'Sunday' } } },
      ]);
      await ann.must('conversation.update', { conversationId: group.id, title: 'Sunday' }, door);
      expect(await theirs.news()).toEqual([]);
    });

    scenario('pages of the list neither skip nor repeat while messages arrive', async ({ server, door }) => {
      const ann = await server.person('Ann');
      const ids: string[] = [];
      for (let n = 0; n < 9; n++) {
        const group = await ann.must('conversation.create', { title: `Group ${n}` });
        await ann.must('message.send', { conversationId: group.id, content: 'first' });
        ids.push(group.id);
      }
      const seen: string[] = [];
      let page = await ann.must('conversation.list', { limit: 3 }, door);
      expect(page.items.map((item: any) => item.id)).toEqual([...ids].reverse().slice(0, 3));
      expect(page.items[0]).toMatchObject({ lastMessage: { content: 'first', seq: 1 }, membership: { unread: 0 } });
      for (;;) {
        seen.push(...page.items.map((item: any) => item.id));
        if (page.cursor === null) break;
        // One that was listed, and one that is still to come, move to the top; a new one appears.
        await ann.must('message.send', { conversationId: seen[0], content: 'again' });
        await ann.must('message.send', { conversationId: ids[0], content: 'again' });
        await ann.must('conversation.create', { title: 'New' });
        page = await ann.must('conversation.list', { limit: 3, cursor: page.cursor }, door);
      }
      expect(seen.sort()).toEqual([...ids].sort());
      expect((await ann.must('conversation.list', { limit: 2 }, door)).items[1].id).toBe(ids[0]);
      expect(await ann.by(door, 'conversation.list', { cursor: 'bm9wZQ' })).toMatchObject({ ok: false, error: { details: [{ path: 'cursor' }] } });
    });

    scenario('mute, pin and archive are mine alone, and my other device hears of it', async ({ server, door }) => {
      const [ann, ben] = await Promise.all([server.person('Ann'), server.person('Ben')]);
      const { id: conversationId } = await ann.must('conversation.create', { userId: ben.userId });
      const [mine, theirs] = [await ann.connect(), await ben.connect()];
      const until = server.clock.now() + 1000;
      const updated = await ann.must('membership.update', { conversationId, pinned: true, archived: true, notify: 'none', mutedUntil: until }, door);
      expect(updated.membership).toMatchObject({ pinned: true, archived: true, notify: 'none', mutedUntil: until });
      expect(await mine.news()).toMatchObject([
        { type: 'membership.updated', conversationId, data: { membership: { pinned: true }, peer: { id: ben.userId } } },
      ]);
      expect(await theirs.news()).toEqual([]);
      expect((await ann.must('conversation.list', {}, door)).items).toEqual([]);
      expect((await ann.must('conversation.list', { archived: true }, door)).items).toHaveLength(1);
      expect((await ben.must('conversation.list', {}, door)).items[0].membership).toMatchObject({ pinned: false, archived: false });
    });

    scenario('deleting a group takes it away from everybody, direct conversations cannot be deleted', async ({ server, door }) => {
      const [ann, ben] = await Promise.all([server.person('Ann'), server.person('Ben')]);
      const group = await ann.must('conversation.create', { title: 'Gone', memberIds: [ben.userId] });
      const direct = await ann.must('conversation.create', { userId: ben.userId });
      const theirs = await ben.connect();
      expect(await ben.by(door, 'conversation.delete', { conversationId: group.id })).toMatchObject({ ok: false, error: { code: 'forbidden' } });
      expect(await ann.by(door, 'conversation.delete', { conversationId: direct.id })).toMatchObject({ ok: false, error: { code: 'forbidden' } });
      await ann.must('conversation.delete', { conversationId: group.id }, door);
      expect(await theirs.news()).toEqual([
        { type: 'conversation.deleted', conversationId: group.id, data: { id: group.id } },
        { type: 'notification.removed', data: { ids: [expect.any(String)], unread: 0 } },
      ]);
      expect(await ben.by(door, 'conversation.get', { conversationId: group.id })).toMatchObject({ ok: false, error: { code: 'not_found' } });
      expect(await ben.must('sync', { conversations: { [group.id]: 1, [direct.id]: 1 } }, door)).toMatchObject({
        removed: [group.id],
        conversations: [],
      });
    });

    scenario('bad input names its fields', async ({ server, door }) => {
      const [ann, eve] = [await server.person('Ann'), await server.person('Eve', { orgId: await server.organisation('Other') })];
      expect(await ann.by(door, 'conversation.create', {})).toMatchObject({
        ok: false,
        error: { code: 'invalid_input', details: [{ path: 'title' }] },
      });
      expect(await ann.by(door, 'conversation.create', { kind: 'direct' })).toMatchObject({ ok: false, error: { details: [{ path: 'userId' }] } });
      expect(await ann.by(door, 'conversation.create', { userId: ann.userId })).toMatchObject({
        ok: false,
        error: { details: [{ path: 'userId' }] },
      });
      expect(await ann.by(door, 'conversation.create', { userId: eve.userId })).toMatchObject({ ok: false, error: { code: 'not_found' } });
      expect(await ann.by(door, 'conversation.create', { title: 'x', memberIds: [eve.userId] })).toMatchObject({
        ok: false,
        error: { details: [{ path: 'memberIds' }] },
      });
      expect(await ann.by(door, 'conversation.create', { title: 'x', memberIds: Array.from({ length: 6 }, () => 'a') })).toMatchObject({
        ok: false,
        error: { details: [{ path: 'memberIds', limit: 5 }] },
      });
    });

    scenario('limits that are part of a field are named like those of the configuration', async ({ server, door }) => {
      const ann = await server.person('Ann');
      const { id: conversationId } = await ann.must('conversation.create', { title: 'T' });
      const { id: messageId } = await ann.must('message.send', { conversationId, content: 'x' });
      const long = (length: number): string => 'x'.repeat(length);
      const passed: [name: string, input: Record<string, unknown>, path: string, limit: number][] = [
        ['conversation.create', { title: long(201) }, 'title', 200],
        ['conversation.update', { conversationId, description: long(2001) }, 'description', 2000],
        ['conversation.update', { conversationId, settings: { slowModeSeconds: 21_601 } }, 'settings.slowModeSeconds', 21_600],
        ['message.send', { conversationId, content: 'x', clientId: long(129) }, 'clientId', 128],
        ['reaction.add', { messageId, emoji: long(65) }, 'emoji', 64],
        ['message.list', { conversationId, limit: 201 }, 'limit', 200],
        ['contact.list', { q: long(101) }, 'q', 100],
        ['person.update', { name: long(101) }, 'name', 100],
      ];
      for (const [name, input, path, limit] of passed) {
        const refused = { code: 'invalid_input', details: [{ path, message: expect.any(String), limit }] };
        expect(await ann.by(door, name, input)).toMatchObject({ ok: false, error: refused });
      }
    });
  },
  { membersPerRequestMax: 5 },
);
