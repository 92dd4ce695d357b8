import { expect } from 'bun:test';
import { newId } from '../../../src/lib/id.ts';
import { upTo } from '../../support/rows.ts';
import { expectRefused, two, type Trials } from './trial.ts';

export const sync: Trials = {
  syncHeldMax: {
    says: 'a sync may name that many conversations and no more',
    config: { syncHeldMax: 3 },
    async run({ server, door }, limit) {
      const ann = await server.person('Ann');
      const held = (count: number) => Object.fromEntries(upTo(count).map((n) => [newId(), n]));
      expect((await ann.must('sync', { conversations: held(limit) }, door)).removed).toHaveLength(limit);
      expectRefused(await ann.by(door, 'sync', { conversations: held(limit + 1) }), 'conversations', limit);
    },
  },
  syncConversationsMax: {
    says: 'a sync answers with that many conversations and says when there are more',
    config: { syncConversationsMax: 2 },
    async run({ server, door }, limit) {
      const ann = await server.person('Ann');
      for (const n of upTo(limit)) await ann.must('conversation.create', { title: `${n}` });
      expect(await ann.must('sync', {}, door)).toMatchObject({ conversations: { length: limit }, complete: true });
      await ann.must('conversation.create', { title: 'more' });
      expect(await ann.must('sync', {}, door)).toMatchObject({ conversations: { length: limit }, complete: false });
    },
  },
  syncMessagesPerConversation: {
    says: 'a sync tells that many changes of a conversation and says when there are more',
    config: { syncMessagesPerConversation: 3 },
    async run(scene, limit) {
      const { ann, conversationId } = await two(scene);
      for (const n of upTo(limit)) await ann.must('message.send', { conversationId, content: `${n}` });
      expect((await ann.must('sync', {}, scene.door)).messages[conversationId]).toMatchObject({ items: { length: limit }, complete: true });
      await ann.must('message.send', { conversationId, content: 'more' });
      expect((await ann.must('sync', {}, scene.door)).messages[conversationId]).toMatchObject({ items: { length: limit }, complete: false });
    },
  },
  syncMessagesMax: {
    says: 'a sync of many conversations tells that many changes in all, the same number of each',
    config: { syncMessagesMax: 6 },
    async run({ server, door }, limit) {
      const ann = await server.person('Ann');
      const ids: string[] = [];
      for (const n of upTo(3)) ids.push((await ann.must('conversation.create', { title: `${n}` })).id);
      const send = async (): Promise<void> => {
        for (const conversationId of ids) await ann.must('message.send', { conversationId, content: 'x' });
      };
      await send();
      await send();
      const told = async () => Object.values<any>((await ann.must('sync', {}, door)).messages).map(({ items, complete }) => [items.length, complete]);
      expect(await told()).toEqual(ids.map(() => [limit / 3, true]));
      await send();
      expect(await told()).toEqual(ids.map(() => [limit / 3, false]));
    },
  },
};
