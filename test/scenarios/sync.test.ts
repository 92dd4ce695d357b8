import { expect } from 'bun:test';
import { queriesDuring } from '../support/queries.ts';
import { scenarios } from '../support/scenario.ts';

scenarios(
  'Sync',
  (scenario) => {
    scenario('whoever was away gets each changed message once, in its present state', async ({ server, door }) => {
      const [ann, ben] = await Promise.all([server.person('Ann'), server.person('Ben')]);
      const { id } = await ann.must('conversation.create', { title: 'T', memberIds: [ben.userId] });
      const quiet = await ann.must('conversation.create', { userId: ben.userId });
      const one = await ann.must('message.send', { conversationId: id, content: 'one' });
      const two = await ann.must('message.send', { conversationId: id, content: 'two' });
      const held = { [id]: two.rev, [quiet.id]: 1 };
      const { epoch } = await ben.must('sync', {}, door);
      await ann.must('message.edit', { messageId: one.id, content: 'one!' });
      await ann.must('message.edit', { messageId: one.id, content: 'one!!' });
      const three = await ann.must('message.send', { conversationId: id, content: 'three' });
      await ann.must('message.delete', { messageId: two.id });
      const back = await ben.must('sync', { epoch, conversations: held }, door);
      expect(back).toMatchObject({ epoch, removed: [], complete: true });
      expect(back.conversations.map((conversation: any) => [conversation.id, conversation.rev])).toEqual([[id, 7]]);
      expect(back.messages[id].complete).toBe(true);
      expect(back.messages[id].items.map((message: any) => [message.id, message.rev, message.content])).toEqual([
        [one.id, 5, 'one!!'],
        [three.id, 6, 'three'],
        [two.id, 7, ''],
      ]);
      expect(back.marks[quiet.id].membership.unread).toBe(0);
      expect((await ben.must('sync', { epoch, conversations: { [id]: 7, [quiet.id]: 1 } }, door)).conversations).toEqual([]);
      const other = await ben.must('sync', { epoch: 'another', conversations: { [id]: 7, [quiet.id]: 1 } }, door);
      expect(other.conversations).toHaveLength(2);
      expect(other.messages[id].items).toHaveLength(3);
    });

    scenario('what does not fit comes by conversation.changes, without gap or repeat', async ({ server, door }) => {
      const [ann, ben] = await Promise.all([server.person('Ann'), server.person('Ben')]);
      const { id } = await ann.must('conversation.create', { userId: ben.userId });
      for (let n = 1; n <= 23; n++) await ann.must('message.send', { conversationId: id, content: `${n}` });
      const first = await ben.must('sync', {}, door);
      expect(first.messages[id]).toMatchObject({ complete: false });
      const seqs: number[] = first.messages[id].items.map((message: any) => message.seq);
      let since: number = first.messages[id].items.at(-1).rev;
      for (;;) {
        const more = await ben.must('conversation.changes', { conversationId: id, since, limit: 7 }, door);
        seqs.push(...more.items.map((message: any) => message.seq));
        since = more.rev;
        if (more.complete) break;
      }
      expect(seqs).toEqual(Array.from({ length: 23 }, (_, i) => i + 1));
      expect(since).toBe(24);
      expect(await ben.must('conversation.changes', { conversationId: id, since }, door)).toEqual({ items: [], hidden: [], rev: 24, complete: true });
    });

    scenario('marks and settings that carry no rev are told as well', async ({ server, door }) => {
      const [ann, ben] = await Promise.all([server.person('Ann'), server.person('Ben')]);
      const { id } = await ann.must('conversation.create', { userId: ben.userId });
      const sent = await ann.must('message.send', { conversationId: id, content: 'x' });
      await ben.must('read.mark', { conversationId: id });
      await ben.must('membership.update', { conversationId: id, pinned: true });
      const hers = await ann.must('sync', { conversations: { [id]: sent.rev } }, door);
      expect(hers).toMatchObject({ conversations: [], marks: { [id]: { receipts: { readSeq: 1, deliveredSeq: 1, visible: 2 } } } });
      const his = await ben.must('sync', { conversations: { [id]: sent.rev } }, door);
      expect(his.marks[id].membership).toMatchObject({ unread: 0, pinned: true });
    });

    scenario('more conversations than fit come with the next sync', async ({ server, door }) => {
      const ann = await server.person('Ann');
      for (let n = 0; n < 7; n++) await ann.must('conversation.create', { title: `${n}` });
      const held: Record<string, number> = {};
      let rounds = 0;
      for (let complete = false; !complete; rounds++) {
        const answer = await ann.must('sync', { conversations: held }, door);
        for (const conversation of answer.conversations) held[conversation.id] = conversation.rev;
        complete = answer.complete;
      }
      expect([Object.keys(held).length, rounds]).toEqual([7, 2]);
    });

    scenario('a sync of many conversations costs three queries at most', async ({ server, door }) => {
      const [ann, ben, cleo] = await Promise.all([server.person('Ann'), server.person('Ben'), server.person('Cleo')]);
      for (let n = 0; n < 4; n++) {
        const { id } = await ann.must('conversation.create', { title: `${n}`, memberIds: [ben.userId, cleo.userId] });
        await cleo.must('message.send', { conversationId: id, content: 'x' });
        await ann.must('message.send', { conversationId: id, content: 'x' });
      }
      await ben.must('person.me', {}, door);
      // What the outbox reads is none of ours.
      await server.app.jobsDone();
      let held = {};
      const queries = (): Promise<number> => queriesDuring(server.app.ports.store, () => ben.must('sync', { conversations: held }, door));
      expect(await queries()).toBe(3);
      // Only the last message of each, whose sender came with the conversation.
      const { conversations } = await ben.must('sync', {}, door);
      held = Object.fromEntries(conversations.map(({ id, rev }: any) => [id, rev - 1]));
      expect(await queries()).toBe(2);
    });
  },
  { syncMessagesPerConversation: 10, syncConversationsMax: 5 },
);
