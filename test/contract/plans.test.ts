import { Database } from 'bun:sqlite';
import { expect, spyOn, test } from 'bun:test';
import { dialects } from '../support/database.ts';
import { startServer } from '../support/server.ts';

/** Tables that grow with an installation: a statement that walks one of them, or a whole organisation's part of it, gets slower every day. */
const GROWING =
  /^(?:SCAN (?:user|member|conversation|conversation_member|theirs|message|reaction|notification|session)\b|SEARCH member .*\(organization_id=\?\)$)/;

for (const dialect of dialects.filter((one) => one === 'sqlite')) {
  test('what is done all day walks no table that grows, and is planned once', async () => {
    const asked = new Set<string>();
    const query = Database.prototype.query;
    const spy = spyOn(Database.prototype, 'query').mockImplementation(function (this: Database, sql: string) {
      asked.add(sql);
      return query.call(this, sql);
    } as typeof query);
    const server = await startServer({ dialect });
    try {
      const [ann, ben, eve] = [await server.person('Ann'), await server.person('Ben'), await server.person('Eve')];
      asked.clear();
      const group = await ann.must('conversation.create', { kind: 'group', title: 'Club', memberIds: [ben.userId] });
      const { id: conversationId } = group;
      await ann.must('member.add', { conversationId, userIds: [eve.userId] });
      const hello = await ann.must('message.send', { conversationId, clientId: 'a', content: 'hello' });
      await ben.must('message.send', { conversationId, clientId: 'b', content: 'hello too', replyToId: hello.id, mentions: [ann.userId] });
      await ben.must('message.sendDirect', { receiverId: ann.userId, clientId: 'c', content: 'and to you' });
      await ben.must('reaction.add', { messageId: hello.id, emoji: '👍' });
      await eve.must('read.mark', { conversationId });
      await eve.must('message.list', { conversationId });
      await eve.must('conversation.list', {});
      await eve.must('conversation.get', { conversationId });
      await ann.must('unread.count', {});
      await ann.must('sync', { conversations: { [conversationId]: 1 } });
      await ann.must('conversation.changes', { conversationId, since: 1 });
      await ann.must('presence.get', { ids: [ben.userId, eve.userId] });
      await ann.must('notification.list', {});
      await ann.must('message.search', { q: 'hello' });
      server.clock.advance(server.app.ports.config.messageSettleMs);
      await server.app.jobsDone();

      const file = new Database(new URL(server.database.url).pathname || server.database.url, { readonly: true });
      const walks = [...asked]
        .filter((sql) => /^(?:select|insert|update|delete|with)\b/i.test(sql))
        .flatMap((sql) => {
          const values = Array.from(sql.matchAll(/\?/g), () => 1);
          const plan = file.query<{ detail: string }, number[]>(`explain query plan ${sql}`).all(...values);
          return plan.flatMap(({ detail }) => (GROWING.test(detail) ? [{ detail, sql }] : []));
        });
      file.close();
      expect(walks).toEqual([]);
      // A value that the planner may look at has the statement planned anew at every call.
      expect([...asked].filter((sql) => /^(?:select|with)\b/.test(sql) && /(?:[=<>]|\blimit|\boffset) \?/.test(sql))).toEqual([]);
      expect(asked.size).toBeGreaterThan(30);
    } finally {
      spy.mockRestore();
      await server.stop();
    }
  });
}
