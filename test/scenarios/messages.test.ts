import { expect, spyOn } from 'bun:test';
import { scenarios, type Scene } from '../support/scenario.ts';

async function two({ server }: Scene) {
  const [ann, ben] = await Promise.all([server.person('Ann'), server.person('Ben')]);
  const conversation = await ann.must('conversation.create', { userId: ben.userId });
  return { ann, ben, conversationId: conversation.id as string };
}

const typesOf = (events: { type: string }[]): string[] => events.map((event) => event.type);

scenarios(
  'Messages',
  (scenario) => {
    scenario('a message reaches everybody once, and the sender has it as it was announced', async (scene) => {
      const { ann, ben, conversationId } = await two(scene);
      await ann.connect();
      const theirs = await ben.connect();
      const sent = await ann.by(scene.door, 'message.send', { conversationId, clientId: 'c1', content: 'Hello', metadata: { b: 1, a: [2] } });
      expect(sent).toMatchObject({
        ok: true,
        data: {
          conversationId,
          seq: 1,
          rev: 2,
          clientId: 'c1',
          content: 'Hello',
          type: 'text',
          metadata: { b: 1, a: [2] },
          status: 'sent',
          replyTo: null,
          deletedAt: null,
        },
      });
      if (!sent.ok) return;
      if (scene.door === 'http') expect(sent.status).toBe(201);
      const { capabilities, ...announced } = sent.data;
      expect(capabilities).toEqual({ edit: true, delete: true, reply: true, react: true, forward: true });
      const news = await theirs.news();
      expect(news).toEqual([{ type: 'message.created', conversationId, rev: 2, data: announced }]);
      expect(await ann.socket?.news()).toEqual(news);
      expect(await ben.must('message.list', { conversationId }, scene.door)).toMatchObject({
        items: [{ ...announced, capabilities: { edit: false, delete: false, reply: true } }],
        cursor: null,
      });
    });

    scenario('a repeat gets the first answer, through either door and after a restart, and nobody sees it twice', async (scene) => {
      const { server, door } = scene;
      const { ann, ben, conversationId } = await two(scene);
      const send = { conversationId, clientId: 'same', content: 'Once' };
      const first = await ann.by(door, 'message.send', send);
      const theirs = await ben.connect();
      const again = await ann.by(door === 'http' ? 'socket' : 'http', 'message.send', send);
      expect(first.ok && again.ok && again.data).toEqual(first.ok && first.data);
      await Promise.all([ann.disconnect(), theirs.news()]);
      await server.restart();
      const later = await ann.http('message.send', send);
      expect(later).toEqual({ ok: true, status: 201, data: first.ok && first.data });
      expect(theirs.events.filter((event) => event.type !== 'presence.updated')).toEqual([]);
      expect((await ben.must('message.list', { conversationId })).items).toHaveLength(1);
    });

    scenario('the same clientId with another content is a conflict, another sender may use it', async (scene) => {
      const { ann, ben, conversationId } = await two(scene);
      await ann.must('message.send', { conversationId, clientId: 'x', content: 'One' });
      expect(await ann.by(scene.door, 'message.send', { conversationId, clientId: 'x', content: 'Two' })).toMatchObject({
        ok: false,
        error: { code: 'client_id_conflict' },
      });
      expect(await ben.by(scene.door, 'message.send', { conversationId, clientId: 'x', content: 'Two' })).toMatchObject({
        ok: true,
        data: { seq: 2 },
      });
    });

    scenario('64 senders at once leave no hole and agree on the order', async (scene) => {
      const { server, door } = scene;
      const owner = await server.person('Owner');
      const people = await Promise.all(Array.from({ length: 64 }, (_, i) => server.person(`P${i}`)));
      const group = await owner.must('conversation.create', { title: 'Crowd', memberIds: people.map((person) => person.userId) });
      const listener = await owner.connect();
      if (door === 'socket') await Promise.all(people.map((person) => person.connect()));
      const answers = await Promise.all(
        people.flatMap((person) =>
          [1, 2, 3].map((n) => person.by(door, 'message.send', { conversationId: group.id, clientId: `${n}`, content: `${person.name} ${n}` })),
        ),
      );
      const seqs = answers.map((answer) => (answer.ok ? answer.data.seq : answer.error));
      expect([...seqs].sort((a, b) => a - b)).toEqual(Array.from({ length: 192 }, (_, i) => i + 1));
      const news = await listener.news();
      expect(news.map((event) => event.data.seq)).toEqual(Array.from({ length: 192 }, (_, i) => i + 1));
      expect(news.map((event) => event.rev)).toEqual(Array.from({ length: 192 }, (_, i) => i + 2));
      await Promise.all(people.map((person) => person.disconnect()));
    });

    scenario('what nobody could see is refused, and every wrong field is named', async (scene) => {
      const { ann, conversationId } = await two(scene);
      for (const content of ['', '   ', '\n\t', '\u200b\u2060', '\u3164']) {
        expect(await ann.by(scene.door, 'message.send', { conversationId, content })).toMatchObject({
          ok: false,
          error: { code: 'invalid_input', details: [{ path: 'content' }] },
        });
      }
      expect(await ann.by(scene.door, 'message.send', { conversationId, content: 5, clientId: '', replyToId: 'x' })).toMatchObject({
        ok: false,
        error: { code: 'invalid_input', details: [{ path: 'clientId' }, { path: 'content' }, { path: 'replyToId' }] },
      });
      expect(await ann.by(scene.door, 'message.send', { conversationId, content: 'a\u0000b' })).toMatchObject({
        ok: false,
        error: { code: 'invalid_input' },
      });
      expect(await ann.by(scene.door, 'message.send', { conversationId })).toMatchObject({ ok: false, error: { details: [{ path: 'content' }] } });
    });

    scenario('the length is counted in code points: the limit passes, one more does not', async (scene) => {
      const { ann, conversationId } = await two(scene);
      expect(await ann.by(scene.door, 'message.send', { conversationId, content: '😀'.repeat(40) })).toMatchObject({ ok: true });
      expect(await ann.by(scene.door, 'message.send', { conversationId, content: '😀'.repeat(41) })).toMatchObject({
        ok: false,
        error: { code: 'invalid_input', details: [{ path: 'content', limit: 40 }] },
      });
      const metadata = { k: 'x'.repeat(200) };
      expect(await ann.by(scene.door, 'message.send', { conversationId, content: 'm', metadata })).toMatchObject({
        ok: false,
        error: { details: [{ path: 'metadata', limit: 100 }] },
      });
    });

    scenario('a reply quotes a message of the same conversation, and only of that', async (scene) => {
      const { ann, ben, conversationId } = await two(scene);
      const quoted = await ann.must('message.send', { conversationId, content: 'Shall we?' });
      const reply = await ben.must('message.send', { conversationId, content: 'Yes', replyToId: quoted.id }, scene.door);
      expect(reply.replyTo).toEqual({ id: quoted.id, seq: 1, sender: quoted.sender, type: 'text', content: 'Shall we?', deletedAt: null });
      expect((await ann.must('message.get', { messageId: reply.id }, scene.door)).replyTo.id).toBe(quoted.id);
      const other = await two(scene);
      expect(
        await other.ann.by(scene.door, 'message.send', { conversationId: other.conversationId, content: 'x', replyToId: quoted.id }),
      ).toMatchObject({
        ok: false,
        error: { code: 'invalid_input', details: [{ path: 'replyToId' }] },
      });
    });

    scenario('a location is a message of its own type', async (scene) => {
      const { ann, conversationId } = await two(scene);
      const location = { latitude: 52.52, longitude: 13.405, label: 'Berlin' };
      expect(await ann.must('message.send', { conversationId, location }, scene.door)).toMatchObject({
        type: 'location',
        content: '',
        metadata: { location },
      });
      expect(await ann.by(scene.door, 'message.send', { conversationId, type: 'location', content: 'where?' })).toMatchObject({
        ok: false,
        error: { details: [{ path: 'location' }] },
      });
      expect(await ann.by(scene.door, 'message.send', { conversationId, location: { latitude: 91, longitude: 0 } })).toMatchObject({
        ok: false,
        error: { details: [{ path: 'location.latitude' }] },
      });
    });

    scenario('message.sendDirect finds or creates the conversation, also when both write at once', async (scene) => {
      const { server, door } = scene;
      const [ann, ben] = await Promise.all([server.person('Ann'), server.person('Ben')]);
      const theirs = await ben.connect();
      const [one, two_] = await Promise.all([
        ann.by(door, 'message.sendDirect', { receiverId: ben.userId, content: 'Hi', clientId: 'a' }),
        ben.by(door, 'message.sendDirect', { receiverId: ann.userId, content: 'Hi', clientId: 'b' }),
      ]);
      expect(one.ok && two_.ok && one.data.conversationId === two_.data.conversationId).toBe(true);
      expect(typesOf(await theirs.news())).toEqual(['conversation.created', 'membership.updated', 'message.created', 'message.created']);
      expect((await ann.must('conversation.list')).items).toHaveLength(1);
      expect(await ann.by(door, 'message.sendDirect', { receiverId: 'nobody', content: 'Hi' })).toMatchObject({
        ok: false,
        error: { code: 'not_found' },
      });
      expect(await ann.by(door, 'message.sendDirect', { receiverId: ann.userId, content: 'Hi' })).toMatchObject({
        ok: false,
        error: { code: 'invalid_input', details: [{ path: 'receiverId' }] },
      });
    });

    scenario('pages of messages go both ways without gap or repeat', async (scene) => {
      const { ann, ben, conversationId } = await two(scene);
      for (let n = 1; n <= 25; n++) await ann.must('message.send', { conversationId, content: `${n}` });
      const seqs = (page: any): number[] => page.items.map((message: any) => message.seq);
      const newest = await ben.must('message.list', { conversationId, limit: 10 }, scene.door);
      expect(seqs(newest)).toEqual([16, 17, 18, 19, 20, 21, 22, 23, 24, 25]);
      const older = await ben.must('message.list', { conversationId, limit: 10, cursor: newest.cursor }, scene.door);
      expect(seqs(older)).toEqual([6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
      const oldest = await ben.must('message.list', { conversationId, limit: 10, cursor: older.cursor }, scene.door);
      expect([seqs(oldest), oldest.cursor]).toEqual([[1, 2, 3, 4, 5], null]);
      expect(seqs(await ben.must('message.list', { conversationId, before: 4 }, scene.door))).toEqual([1, 2, 3]);
      const after = await ben.must('message.list', { conversationId, after: 20, limit: 3 }, scene.door);
      expect(seqs(after)).toEqual([21, 22, 23]);
      expect(seqs(await ben.must('message.list', { conversationId, cursor: after.cursor }, scene.door))).toEqual([24, 25]);
      expect(seqs(await ben.must('message.list', { conversationId, around: 10, limit: 5 }, scene.door))).toEqual([8, 9, 10, 11, 12]);
      expect(await ben.by(scene.door, 'message.list', { conversationId, before: 3, after: 1 })).toMatchObject({
        ok: false,
        error: { code: 'invalid_input' },
      });
      expect(await ben.by(scene.door, 'message.list', { conversationId, limit: 201 })).toMatchObject({
        ok: false,
        error: { details: [{ path: 'limit' }] },
      });
      expect(await ben.by(scene.door, 'message.list', { conversationId, cursor: 'nonsense' })).toMatchObject({
        ok: false,
        error: { details: [{ path: 'cursor' }] },
      });
    });

    scenario('an edit keeps the earlier text and is announced once', async (scene) => {
      const { ann, ben, conversationId } = await two(scene);
      const theirs = await ben.connect();
      const sent = await ann.must('message.send', { conversationId, content: 'Frist' });
      await theirs.news();
      const edited = await ann.must('message.edit', { messageId: sent.id, content: 'First' }, scene.door);
      expect(edited).toMatchObject({ id: sent.id, seq: 1, rev: 3, content: 'First', editedAt: scene.server.clock.now() });
      await ann.must('message.edit', { messageId: sent.id, content: 'First' }, scene.door);
      const { capabilities: _, ...announced } = edited;
      expect(await theirs.news()).toEqual([{ type: 'message.updated', conversationId, rev: 3, data: announced }]);
      expect((await ben.must('message.edits', { messageId: sent.id }, scene.door)).items).toMatchObject([{ content: 'Frist', editedBy: ann.userId }]);
      expect(await ben.by(scene.door, 'message.edit', { messageId: sent.id, content: 'Mine' })).toMatchObject({
        ok: false,
        error: { code: 'forbidden' },
      });
      scene.server.clock.advance(60_001);
      expect(await ann.by(scene.door, 'message.edit', { messageId: sent.id, content: 'Too late' })).toMatchObject({
        ok: false,
        error: { code: 'forbidden' },
      });
    });

    // Went wrong: the text was read before the deletion and told after it.
    scenario('a reply that meets a deletion on its way does not tell the deleted text', async (scene) => {
      const { ann, ben, conversationId } = await two(scene);
      const { id } = await ann.must('message.send', { conversationId, content: 'Secret' });
      const theirs = await ann.connect();
      const { appends } = scene.server.app.ports;
      const add = spyOn(appends, 'add').mockImplementationOnce(async (draft, announce) => {
        await ann.must('message.delete', { messageId: id });
        return appends.add(draft, announce);
      });
      const gone = { id, content: '', deletedAt: expect.any(Number) };
      expect(await ben.must('message.send', { conversationId, content: 'What?', replyToId: id }, scene.door)).toMatchObject({ replyTo: gone });
      expect(await theirs.news()).toMatchObject([{ type: 'message.deleted' }, { type: 'message.created', data: { replyTo: gone } }]);
      add.mockRestore();
    });

    scenario('a deletion leaves a tombstone and nothing of the text', async (scene) => {
      const { ann, ben, conversationId } = await two(scene);
      const theirs = await ben.connect();
      const sent = await ann.must('message.send', { conversationId, clientId: 'd', content: 'Secret' });
      await ann.must('message.edit', { messageId: sent.id, content: 'Secret two' });
      const reply = await ben.must('message.send', { conversationId, content: 'What?', replyToId: sent.id });
      await theirs.news();
      expect(await ben.by(scene.door, 'message.delete', { messageId: sent.id })).toMatchObject({ ok: false, error: { code: 'forbidden' } });
      expect(await ann.by(scene.door, 'message.delete', { messageId: sent.id })).toMatchObject({ ok: true });
      expect(await ann.by(scene.door, 'message.delete', { messageId: sent.id })).toMatchObject({ ok: true });
      expect(await theirs.news()).toMatchObject([
        { type: 'message.deleted', conversationId, rev: 5, data: { id: sent.id, content: '', deletedAt: expect.any(Number) } },
      ]);
      expect((await ben.must('message.get', { messageId: reply.id })).replyTo).toMatchObject({ content: '', deletedAt: expect.any(Number) });
      const { store } = scene.server.app.ports;
      const rows = JSON.stringify([await store.read.select().from(store.tables.message), await store.read.select().from(store.tables.messageEdit)]);
      expect(rows).not.toContain('Secret');
      expect(JSON.stringify(await ben.must('conversation.changes', { conversationId, since: 0 }))).not.toContain('Secret');
      expect(await ann.must('message.send', { conversationId, clientId: 'd', content: 'Secret' }, scene.door)).toMatchObject({
        id: sent.id,
        content: '',
        deletedAt: expect.any(Number),
      });
    });

    scenario('a stranger finds no conversation and no message', async (scene) => {
      const { ann, conversationId } = await two(scene);
      const sent = await ann.must('message.send', { conversationId, content: 'Private' });
      const stranger = await scene.server.person('Eve');
      const outsider = await scene.server.person('Mallory', { orgId: await scene.server.organisation('Other') });
      for (const eve of [stranger, outsider]) {
        for (const [command, input] of [
          ['message.send', { conversationId, content: 'x' }],
          ['message.list', { conversationId }],
          ['message.get', { messageId: sent.id }],
          ['message.edit', { messageId: sent.id, content: 'x' }],
          ['message.delete', { messageId: sent.id }],
          ['message.edits', { messageId: sent.id }],
          ['conversation.get', { conversationId }],
          ['conversation.changes', { conversationId, since: 0 }],
          ['conversation.update', { conversationId, title: 'x' }],
          ['member.list', { conversationId }],
          ['read.mark', { conversationId }],
          ['delivered.mark', { conversationId }],
          ['typing.set', { conversationId, typing: true }],
          ['membership.update', { conversationId, pinned: true }],
        ] as const) {
          expect([command, await eve.by(scene.door, command, input)]).toMatchObject([command, { ok: false, error: { code: 'not_found' } }]);
        }
      }
    });
  },
  { messageMaxCodePoints: 40, messageMetadataMaxBytes: 100, messageEditWindowMs: 60_000 },
);
