import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { until } from '../support/cluster.ts';
import { createDatabase, dialects, type TestDatabase } from '../support/database.ts';
import type { Person } from '../support/person.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { crosses, shapeOf } from '../support/shards.ts';
import { recordStatements, type Recorder } from '../support/statements.ts';
import { crossing, crossingLater } from './shards.list.ts';

describe('The shape of a statement', () => {
  const shapes: Record<string, string | null> = {
    'select 1 from "session" where "session"."token" = $1': null,
    'select "message"."id" from "message" where "message"."conversation_id" = $1': 'select message by conversation',
    'select "message"."id" from "message" where "message"."id" = $1': 'select message by id',
    'select 1 from "message" left join "message" "replied" on "replied"."id" = "message"."reply_to_id" where "message"."conversation_id" = $1':
      'select message by conversation, message replied by id',
    'select 1 from "conversation_member" inner join "conversation" on "conversation"."id" = "conversation_member"."conversation_id" where "conversation_member"."user_id" = $1':
      'select conversation_member by user_id, conversation by id',
    'select 1 from "conversation" where "conversation"."id" in (select "pin"."conversation_id" from "pin")': 'select conversation by id, pin by all',
    'insert into "reaction" ("message_id", "conversation_id") values ($1, $2)': 'insert reaction by conversation',
    'select 1 from "message_edit" where "message_edit"."message_id" = $1': 'select message_edit by message_id',
  };
  for (const [statement, shape] of Object.entries(shapes))
    test(`is ${shape} for ${statement.slice(0, 60)}`, () => expect(shapeOf(statement)).toBe(shape));
});

// Only Postgres is ever spread over several machines.
for (const dialect of dialects.filter((one) => one === 'postgres')) {
  describe('What is asked of the database', () => {
    let database: TestDatabase;
    let recorder: Recorder;
    let server: TestServer;
    let ada: Person;
    let ben: Person;
    let conversationId: string;
    beforeAll(async () => {
      database = await createDatabase(dialect);
      recorder = await recordStatements(database.url);
      server = await startServer({ dialect, database: { ...database, url: recorder.url } });
      [ada, ben] = [await server.person('Ada'), await server.person('Ben')];
      ({ id: conversationId } = await ada.must('conversation.create', { kind: 'group', title: 'Boats', memberIds: [ben.userId] }));
    });
    afterAll(async () => {
      await server.stop();
      await recorder.close();
      await database.drop();
    });

    async function crossedDuring(work: () => Promise<unknown>): Promise<string[]> {
      const shapes = (await recorder.during(work)).map(shapeOf).filter((shape) => shape !== null);
      expect(shapes).not.toBeEmpty();
      return [...new Set(shapes)].filter((shape) => crosses(shape) && !crossingLater.includes(shape));
    }
    const say = (data: object) => ada.must('message.send', { conversationId, clientId: crypto.randomUUID(), content: 'boats', ...data });

    test('inside of a conversation stays where that conversation is', async () => {
      const { id } = await say({});
      await ben.connect();
      const crossed = await crossedDuring(async () => {
        await say({});
        await say({ replyToId: id });
        await say({ threadId: id });
        await ada.must('poll.create', { conversationId, question: 'When?', options: ['Now', 'Later'] });
        for (const door of ['http', 'socket'] as const) await ben.must('message.list', { conversationId }, door);
        await ben.must('conversation.changes', { conversationId, since: 0 });
        await ben.must('delivered.mark', { conversationId, seq: 1 });
        await ben.must('read.mark', { conversationId });
      });
      expect(crossed).toEqual([]);
    });

    test('elsewhere crosses where the list says so and nowhere else', async () => {
      const { id: messageId } = await say({ mentions: [ben.userId] });
      const { id: poll } = await ada.must('poll.create', { conversationId, question: 'When?', options: ['Now', 'Later'] });
      // Only who has direct conversations is asked whose presence they hear.
      await ada.must('conversation.create', { userId: ben.userId });
      const crossed = await crossedDuring(async () => {
        await until(async () => (await ben.must('message.search', { q: 'boats' })).items.length === 5);
        await ben.must('message.search', { q: 'boats', conversationId });
        await ben.must('message.search', { q: 'nothing' });
        await (await ben.connect()).close();
        await ben.must('conversation.list', {});
        await ben.must('sync', { conversations: {} });
        await ben.must('unread.count', {});
        await ben.must('message.list', { conversationId, threadId: messageId });
        await ben.must('conversation.get', { conversationId });
        await ben.must('reaction.add', { messageId, emoji: '👍' });
        await ada.must('message.edit', { messageId, content: 'no boats' });
        for (const optionIds of [['1'], ['2'], []]) await ben.must('poll.vote', { messageId: poll, optionIds });
        for (const id of [messageId, poll]) await ada.must('message.delete', { messageId: id });
      });
      expect(crossed.toSorted()).toEqual(Object.keys(crossing).toSorted());
    });
  });
}
