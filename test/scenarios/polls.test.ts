import { expect } from 'bun:test';
import { eq } from 'drizzle-orm';
import type { Person } from '../support/person.ts';
import { queriesDuring } from '../support/queries.ts';
import { scenarios, type Scene } from '../support/scenario.ts';

const LIMITS = { pollOptionsMax: 3, pollQuestionMaxCodePoints: 20, pollOptionMaxCodePoints: 10, pollOpenMaxMs: 60_000, pollVotersNamedMax: 2 };

const question = { question: 'When?', options: ['Friday', 'Saturday', 'Sunday'] };
const unanswered = question.options.map((text, i) => ({ id: `${i + 1}`, text, votes: 0, userIds: [] as string[] }));

async function group({ server }: Scene, settings = {}) {
  const [ann, ben, cem] = await Promise.all([server.person('Ann'), server.person('Ben'), server.person('Cem')]);
  const { id: conversationId } = await ann.must('conversation.create', { title: 'T', memberIds: [ben.userId, cem.userId], settings });
  return { ann, ben, cem, conversationId: conversationId as string };
}

async function asked(scene: Scene, more: object = {}, settings = {}) {
  const found = await group(scene, settings);
  const { id } = await found.ann.must('poll.create', { conversationId: found.conversationId, ...question, ...more });
  return { ...found, messageId: id as string };
}

function voteRows({ server }: Scene, messageId: string) {
  const { store } = server.app.ports;
  const { pollVote } = store.tables;
  return store.read.$count(pollVote, eq(pollVote.messageId, messageId));
}

const pollOf = async (who: Person, messageId: string) => (await who.must('message.get', { messageId })).poll;
const refused = (code: string) => ({ ok: false, error: { code } });
const tooMuch = (path: string, limit: number) => ({ ok: false, error: { code: 'invalid_input', details: [{ path, limit }] } });

scenarios(
  'Polls',
  (scenario) => {
    scenario('a poll is a message that is sent once, however often it is repeated', async (scene) => {
      const { ann, ben, conversationId } = await group(scene);
      const his = await ben.connect();
      const input = { conversationId, clientId: 'p1', ...question };
      const first = await ann.by(scene.door, 'poll.create', input);
      const poll = { options: unanswered, multiple: false, anonymous: false, closesAt: null, closedAt: null, voters: 0 };
      expect(first).toMatchObject({ ok: true, data: { type: 'poll', content: 'When?', seq: 1, clientId: 'p1', sender: { id: ann.userId }, poll } });
      expect(first.ok && first.data.capabilities).toMatchObject({ edit: false, delete: true, vote: true, closePoll: true });
      if (scene.door === 'http') expect(first.status).toBe(201);
      expect((await ann.must('poll.create', input, scene.door)).id).toBe(first.ok && first.data.id);
      expect(await ann.by(scene.door, 'poll.create', { ...input, multiple: true })).toMatchObject(refused('client_id_conflict'));
      expect(await ann.by(scene.door, 'poll.create', { ...input, options: ['Friday', 'Sunday'] })).toMatchObject(refused('client_id_conflict'));
      const news = await his.news();
      expect(news).toMatchObject([{ type: 'message.created', conversationId, rev: 2, data: { type: 'poll', poll } }]);
      expect(news[0]?.data.poll).toEqual(poll);
      expect((await ben.must('conversation.get', { conversationId })).lastMessage).toMatchObject({ content: 'When?', poll });
    });

    scenario('a poll may hang in a thread, where it is voted in like any other', async (scene) => {
      const { ann, ben, conversationId } = await group(scene);
      const root = await ben.must('message.send', { conversationId, content: 'The match' });
      const his = await ben.connect();
      const input = { conversationId, clientId: 'p1', threadId: root.id, ...question };
      const asked = await ann.must('poll.create', input, scene.door);
      expect(asked).toMatchObject({ type: 'poll', threadId: root.id, alsoToConversation: false, poll: { options: unanswered } });
      expect((await ann.must('poll.create', input, scene.door)).id).toBe(asked.id);
      for (const other of [{ threadId: undefined }, { alsoToConversation: true }])
        expect(await ann.by(scene.door, 'poll.create', { ...input, ...other })).toMatchObject(refused('client_id_conflict'));
      expect(await his.news()).toMatchObject([
        { type: 'message.created', data: { id: asked.id, threadId: root.id } },
        { type: 'thread.updated', data: { messageId: root.id, replyCount: 1 } },
      ]);
      const voted = await ben.must('poll.vote', { messageId: asked.id, optionIds: ['2'] }, scene.door);
      expect(voted.poll).toMatchObject({ voters: 1, mine: ['2'] });
      const idsOf = async (where: object): Promise<string[]> =>
        (await ben.must('message.list', { conversationId, ...where }, scene.door)).items.map(({ id }: { id: string }) => id);
      expect([await idsOf({ threadId: root.id }), await idsOf({})]).toEqual([[asked.id], [root.id]]);
      const both = await ann.must('poll.create', { ...input, clientId: 'p2', alsoToConversation: true }, scene.door);
      expect([await idsOf({ threadId: root.id }), await idsOf({})]).toEqual([
        [asked.id, both.id],
        [root.id, both.id],
      ]);
      for (const threadId of [asked.id, crypto.randomUUID()])
        expect(await ann.by(scene.door, 'poll.create', { ...input, clientId: 'p3', threadId })).toMatchObject(refused('invalid_input'));
    });

    scenario('messages that are no polls say nothing of polls', async (scene) => {
      const { ann, conversationId } = await group(scene);
      const sent = await ann.must('message.send', { conversationId, content: 'Hello' }, scene.door);
      const { items } = await ann.must('message.list', { conversationId }, scene.door);
      for (const message of [sent, ...items]) expect(Object.keys(message)).not.toContain('poll');
      expect(Object.keys(sent.capabilities)).toEqual(['edit', 'delete', 'reply', 'react', 'forward']);
      expect(await ann.by(scene.door, 'poll.vote', { messageId: sent.id, optionIds: [] })).toMatchObject(refused('forbidden'));
    });

    scenario('a page without polls costs no query for them, one with many costs one', async (scene) => {
      const { ann, conversationId } = await group(scene);
      const { app } = scene.server;
      await ann.must('message.send', { conversationId, content: 'Hello' });
      await ann.must('message.list', { conversationId }, scene.door);
      const asked = async (name: string): Promise<number> => {
        await app.jobsDone();
        return queriesDuring(app.ports.store, () => ann.must(name, { conversationId, conversations: {} }, scene.door));
      };
      const lists = ['message.list', 'conversation.changes', 'sync'];
      const before = [];
      for (const name of lists) before.push(await asked(name));
      for (let n = 0; n < 3; n++) await ann.must('poll.create', { conversationId, ...question });
      const after = [];
      for (const name of lists) after.push(await asked(name));
      expect(after).toEqual(before.map((queries) => queries + 1));
    });

    scenario('a vote is counted and announced once; another takes its place, none takes it back', async (scene) => {
      const { ann, ben, conversationId, messageId } = await asked(scene);
      const [hers, his] = [await ann.connect(), await ben.connect()];
      const voted = await ben.by(scene.door, 'poll.vote', { messageId, optionIds: ['2'] });
      const second = { id: '2', text: 'Saturday', votes: 1, userIds: [ben.userId] };
      expect(voted).toMatchObject({ ok: true, data: { rev: 3, poll: { voters: 1, mine: ['2'], options: [unanswered[0], second, unanswered[2]] } } });
      await ben.must('poll.vote', { messageId, optionIds: ['2', '2'] }, scene.door);
      await ben.must('poll.vote', { messageId, optionIds: ['3'] }, scene.door);
      await ben.must('poll.vote', { messageId, optionIds: [] }, scene.door);
      const third = { id: '3', text: 'Sunday', votes: 1, userIds: [ben.userId] };
      const updates = [
        {
          type: 'message.updated',
          conversationId,
          rev: 3,
          data: { id: messageId, rev: 3, poll: { voters: 1, options: [unanswered[0], second, unanswered[2]] } },
        },
        { type: 'message.updated', rev: 4, data: { poll: { voters: 1, options: [unanswered[0], unanswered[1], third] } } },
        { type: 'message.updated', rev: 5, data: { poll: { voters: 0, options: unanswered } } },
      ];
      const heard = await hers.news();
      expect(heard).toMatchObject(updates);
      for (const event of heard) expect(Object.keys(event.data.poll)).not.toContain('mine');
      const own = (optionIds: string[]) => ({ type: 'poll.voted', conversationId, data: { messageId, optionIds } });
      expect(await his.news()).toMatchObject([own(['2']), updates[0], own(['3']), updates[1], own([]), updates[2]]);
      expect(await voteRows(scene, messageId)).toBe(0);
    });

    scenario('of an anonymous poll everybody learns the counts, and only their own choice', async (scene) => {
      const { ann, ben, cem, conversationId, messageId } = await asked(scene, { anonymous: true, multiple: true });
      const hers = await ann.connect();
      await ben.must('poll.vote', { messageId, optionIds: ['3', '1'] }, scene.door);
      await cem.must('poll.vote', { messageId, optionIds: ['3'] }, scene.door);
      const options = [1, 0, 2].map((votes, i) => ({ id: `${i + 1}`, text: question.options[i], votes }));
      const poll = { options, multiple: true, anonymous: true, closesAt: null, closedAt: null, voters: 2 };
      const heard = await hers.news();
      expect(heard.at(-1)?.data.poll).toEqual(poll);
      expect(JSON.stringify(heard)).not.toContain(ben.userId);
      for (const [who, mine] of [
        [ann, []],
        [ben, ['1', '3']],
        [cem, ['3']],
      ] as const) {
        const told = { ...poll, mine: [...mine] };
        expect((await who.must('message.get', { messageId }, scene.door)).poll).toEqual(told);
        expect((await who.must('message.list', { conversationId }, scene.door)).items[0].poll).toEqual(told);
        expect((await who.must('conversation.changes', { conversationId, since: 1 }, scene.door)).items[0].poll).toEqual(told);
        const back = await who.must('sync', { conversations: { [conversationId]: 1 } }, scene.door);
        expect(back.messages[conversationId].items[0].poll).toEqual(told);
        await ann.must('pin.add', { messageId });
        expect((await who.must('pin.list', { conversationId }, scene.door)).items[0].poll).toEqual(told);
        expect((await who.must('thread.get', { threadId: messageId }, scene.door)).message.poll).toEqual(told);
      }
    });

    scenario('votes that come at once are all counted, and one person has one vote', async (scene) => {
      const { ann, ben, cem, messageId } = await asked(scene);
      const votes = [ann, ben, cem].flatMap((who) => ['1', '2', '3'].map((id) => who.by(scene.door, 'poll.vote', { messageId, optionIds: [id] })));
      for (const answer of await Promise.all(votes)) expect(answer.ok).toBe(true);
      const { options, voters } = await pollOf(ann, messageId);
      expect(voters).toBe(3);
      expect(options.reduce((sum: number, option: { votes: number }) => sum + option.votes, 0)).toBe(3);
      const named = options.flatMap((option: { userIds: string[] }) => option.userIds);
      expect(new Set(named).size).toBe(named.length);
      for (const { votes: counted, userIds } of options) expect(userIds).toHaveLength(Math.min(counted, LIMITS.pollVotersNamedMax));
      expect(await voteRows(scene, messageId)).toBe(3);
    });

    scenario('what cannot be chosen is refused', async (scene) => {
      const { ben, messageId } = await asked(scene);
      expect(await ben.by(scene.door, 'poll.vote', { messageId, optionIds: ['1', '4'] })).toMatchObject({
        ok: false,
        error: { code: 'invalid_input', details: [{ path: 'optionIds.1' }] },
      });
      expect(await ben.by(scene.door, 'poll.vote', { messageId, optionIds: ['1', '2'] })).toMatchObject(tooMuch('optionIds', 1));
      expect(await pollOf(ben, messageId)).toMatchObject({ voters: 0, mine: [] });
    });

    scenario('who asked closes it, and so do admins of the group; then nobody votes', async (scene) => {
      const { ann, ben, cem, conversationId } = await group(scene);
      const { id: messageId } = await ben.must('poll.create', { conversationId, ...question });
      await cem.must('poll.vote', { messageId, optionIds: ['1'] });
      expect((await cem.must('message.get', { messageId })).capabilities).toMatchObject({ vote: true, closePoll: false });
      expect(await cem.by(scene.door, 'poll.close', { messageId })).toMatchObject(refused('forbidden'));
      const his = await cem.connect();
      const closed = await ben.must('poll.close', { messageId }, scene.door);
      expect(closed).toMatchObject({ rev: 4, capabilities: { vote: false }, poll: { closedAt: scene.server.clock.now(), voters: 1 } });
      await ann.must('poll.close', { messageId }, scene.door);
      expect(await his.news()).toMatchObject([{ type: 'message.updated', rev: 4, data: { poll: { closedAt: scene.server.clock.now() } } }]);
      expect(await cem.by(scene.door, 'poll.vote', { messageId, optionIds: ['2'] })).toMatchObject(refused('conflict'));
      const { id: other } = await ben.must('poll.create', { conversationId, ...question });
      expect(await ann.must('poll.close', { messageId: other }, scene.door)).toMatchObject({ poll: { closedAt: scene.server.clock.now() } });
    });

    scenario('a poll closes by the clock, and its repeat is still answered', async (scene) => {
      const { ann, ben, conversationId } = await group(scene);
      const closesAt = scene.server.clock.now() + LIMITS.pollOpenMaxMs;
      const input = { conversationId, clientId: 'p1', ...question, closesAt };
      expect(await ann.by(scene.door, 'poll.create', { ...input, closesAt: closesAt + 1 })).toMatchObject(tooMuch('closesAt', LIMITS.pollOpenMaxMs));
      expect(await ann.by(scene.door, 'poll.create', { ...input, closesAt: scene.server.clock.now() })).toMatchObject(refused('invalid_input'));
      const { id: messageId } = await ann.must('poll.create', input, scene.door);
      scene.server.clock.advance(LIMITS.pollOpenMaxMs - 1);
      await ben.must('poll.vote', { messageId, optionIds: ['1'] }, scene.door);
      scene.server.clock.advance(1);
      expect(await ben.by(scene.door, 'poll.vote', { messageId, optionIds: ['2'] })).toMatchObject(refused('conflict'));
      const his = await ben.connect();
      expect(await ann.must('poll.close', { messageId }, scene.door)).toMatchObject({
        capabilities: { vote: false },
        poll: { closesAt, closedAt: null },
      });
      expect((await ann.must('poll.create', input, scene.door)).id).toBe(messageId);
      expect(await his.news()).toEqual([]);
    });

    scenario('the rules of sending are those of asking; whoever may only read may not vote', async (scene) => {
      const { ann, ben, cem, conversationId, messageId } = await asked(scene, {}, { posting: 'admins', slowModeSeconds: 30 });
      expect(await ben.by(scene.door, 'poll.create', { conversationId, ...question })).toMatchObject(refused('forbidden'));
      await ben.must('poll.vote', { messageId, optionIds: ['1'] }, scene.door);
      expect((await ben.must('conversation.get', { conversationId })).capabilities).toMatchObject({ post: false, vote: true });
      await ann.must('member.update', { conversationId, userId: cem.userId, role: 'observer' });
      expect(await cem.by(scene.door, 'poll.vote', { messageId, optionIds: ['1'] })).toMatchObject(refused('forbidden'));
      expect((await cem.must('message.get', { messageId })).capabilities).toMatchObject({ vote: false, closePoll: false });
      await ann.must('conversation.update', { conversationId, settings: { posting: 'members' } });
      await ben.must('poll.create', { conversationId, ...question }, scene.door);
      expect(await ben.by(scene.door, 'poll.create', { conversationId, ...question })).toMatchObject(refused('rate_limited'));
      // A vote is no message, so it does not wait.
      await ben.must('poll.vote', { messageId, optionIds: ['2'] }, scene.door);
    });

    scenario('where one blocks the other neither asks nor votes', async (scene) => {
      const { ann, ben } = await group(scene);
      const { id: conversationId } = await ann.must('conversation.create', { userId: ben.userId });
      const { id: messageId } = await ann.must('poll.create', { conversationId, ...question });
      await ann.must('block.add', { userId: ben.userId });
      expect(await ben.by(scene.door, 'poll.create', { conversationId, ...question })).toMatchObject(refused('forbidden'));
      expect(await ben.by(scene.door, 'poll.vote', { messageId, optionIds: ['1'] })).toMatchObject(refused('forbidden'));
    });

    scenario('a deleted poll takes its votes with it, a hidden one is out of reach, and none is edited', async (scene) => {
      const { ann, ben, messageId } = await asked(scene);
      await ben.must('poll.vote', { messageId, optionIds: ['1'] });
      expect(await ann.by(scene.door, 'message.edit', { messageId, content: 'Who?' })).toMatchObject(refused('forbidden'));
      await ben.must('message.delete', { messageId, for: 'me' });
      expect(await ben.by(scene.door, 'poll.vote', { messageId, optionIds: ['2'] })).toMatchObject(refused('not_found'));
      await ann.must('message.delete', { messageId }, scene.door);
      expect(await voteRows(scene, messageId)).toBe(0);
      const tombstone = await ann.must('message.get', { messageId });
      expect(tombstone).toMatchObject({ type: 'poll', content: '' });
      expect(Object.keys(tombstone)).not.toContain('poll');
      expect(await ann.by(scene.door, 'poll.vote', { messageId, optionIds: ['1'] })).toMatchObject(refused('forbidden'));
      expect(await ann.by(scene.door, 'poll.close', { messageId })).toMatchObject(refused('forbidden'));
    });

    scenario('the votes of whoever leaves stay; whoever joined later and sees nothing of before cannot vote', async (scene) => {
      const { ann, ben, conversationId, messageId } = await asked(scene, {}, { history: 'joined' });
      const dan = await scene.server.person('Dan');
      await ben.must('poll.vote', { messageId, optionIds: ['1'] });
      await ann.must('member.remove', { conversationId, userId: ben.userId });
      expect(await pollOf(ann, messageId)).toMatchObject({ voters: 1, options: [{ votes: 1, userIds: [ben.userId] }, {}, {}] });
      expect(await ben.by(scene.door, 'poll.vote', { messageId, optionIds: [] })).toMatchObject(refused('not_found'));
      await ann.must('member.add', { conversationId, userIds: [dan.userId] });
      expect(await dan.by(scene.door, 'poll.vote', { messageId, optionIds: ['1'] })).toMatchObject(refused('not_found'));
      const his = await dan.connect();
      await ann.must('poll.vote', { messageId, optionIds: ['1'] }, scene.door);
      expect(await his.news()).toMatchObject([{ type: 'conversation.advanced', conversationId }]);
    });

    scenario('forwarded it asks anew: the votes stay where they were given', async (scene) => {
      const { ann, ben, cem, messageId } = await asked(scene, { closesAt: scene.server.clock.now() + 5_000 });
      await ben.must('poll.vote', { messageId, optionIds: ['1'] });
      const { id: elsewhere } = await ben.must('conversation.create', { userId: cem.userId });
      const forward = { messageId, conversationId: elsewhere, clientId: 'f1' };
      const copy = await ben.must('message.forward', forward, scene.door);
      const closesAt = scene.server.clock.now() + 5_000;
      expect(copy).toMatchObject({
        type: 'poll',
        content: 'When?',
        forwardedFrom: { messageId },
        poll: { voters: 0, options: unanswered, closesAt },
      });
      await ann.must('poll.close', { messageId });
      scene.server.clock.advance(5_000);
      expect((await ben.must('message.forward', forward, scene.door)).id).toBe(copy.id);
      const late = await ben.must('message.forward', { ...forward, clientId: 'f2' }, scene.door);
      expect(late.poll).toMatchObject({ closesAt: null, closedAt: null });
      await cem.must('poll.vote', { messageId: late.id, optionIds: ['3'] }, scene.door);
      await ben.must('poll.close', { messageId: late.id }, scene.door);
      expect(await pollOf(ann, messageId)).toMatchObject({ voters: 1 });
    });

    scenario('a question and its options have their limits, and options differ', async (scene) => {
      const { ann, conversationId } = await group(scene);
      const ask = (input: object) => ann.by(scene.door, 'poll.create', { conversationId, ...question, ...input });
      const longest = { question: '😀'.repeat(LIMITS.pollQuestionMaxCodePoints), options: ['😀'.repeat(LIMITS.pollOptionMaxCodePoints), 'b', 'c'] };
      expect(await ask(longest)).toMatchObject({ ok: true });
      expect(await ask({ question: `${longest.question}!` })).toMatchObject(tooMuch('question', LIMITS.pollQuestionMaxCodePoints));
      expect(await ask({ options: ['a', `${longest.options[0]}!`] })).toMatchObject(tooMuch('options.1', LIMITS.pollOptionMaxCodePoints));
      expect(await ask({ options: ['a', 'b', 'c', 'd'] })).toMatchObject(tooMuch('options', LIMITS.pollOptionsMax));
      for (const wrong of [{ options: ['a'] }, { options: ['a', ' a '] }, { options: ['a', ' '] }, { question: ' \n' }])
        expect(await ask(wrong)).toMatchObject(refused('invalid_input'));
    });

    scenario('as many people are named as the limit says and all are counted; whoever leaves the names makes room', async (scene) => {
      const { ann, ben, cem, messageId } = await asked(scene);
      for (const who of [ann, ben, cem]) {
        await who.must('poll.vote', { messageId, optionIds: ['1'] }, scene.door);
        scene.server.clock.advance(1);
      }
      expect((await pollOf(ann, messageId)).options[0]).toEqual({ id: '1', text: 'Friday', votes: 3, userIds: [ann.userId, ben.userId] });
      expect((await pollOf(cem, messageId)).mine).toEqual(['1']);
      await ann.must('poll.vote', { messageId, optionIds: ['2'] }, scene.door);
      expect((await pollOf(ann, messageId)).options[0]).toEqual({ id: '1', text: 'Friday', votes: 2, userIds: [ben.userId, cem.userId] });
    });

    scenario('a poll is found, quoted and pinned by its question', async (scene) => {
      const { ann, ben, conversationId, messageId } = await asked(scene, { question: 'Regatta when?' });
      const quoted = await ben.must('message.send', { conversationId, content: 'x', replyToId: messageId }, scene.door);
      expect(quoted.replyTo).toMatchObject({ id: messageId, type: 'poll', content: 'Regatta when?' });
      expect(await ann.must('pin.add', { messageId }, scene.door)).toMatchObject({ pinned: { by: ann.userId } });
      expect((await ben.must('message.search', { q: 'regatta', type: 'poll' }, scene.door)).items).toMatchObject([{ id: messageId }]);
      expect((await ben.must('message.search', { q: 'regatta', type: 'text' }, scene.door)).items).toEqual([]);
    });
  },
  LIMITS,
);
