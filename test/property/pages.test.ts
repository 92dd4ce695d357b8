import { afterAll, beforeAll, describe, expect, spyOn, test } from 'bun:test';
import fc from 'fast-check';
import { dialects } from '../support/database.ts';
import type { Person } from '../support/person.ts';
import { SEARCH_TIMEOUT_MS, searching } from '../support/property.ts';
import { startServer, type TestServer } from '../support/server.ts';

const kinds = [
  'send',
  'reply',
  'answer',
  'edit',
  'delete',
  'hide',
  'react',
  'unreact',
  'pin',
  'unpin',
  'poll',
  'vote',
  'close',
  'forward',
  'rename',
  'receipts',
  'read',
  'leave',
  'title',
] as const;
/** Who does what with which message, counted from the newest, and who looks afterwards at how large a page. */
const step = fc.record({
  kind: fc.constantFrom(...kinds),
  who: fc.nat(2),
  which: fc.nat(6),
  looks: fc.nat(2),
  limit: fc.integer({ min: 1, max: 12 }),
});
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

for (const dialect of dialects) {
  describe(`Pages on ${dialect}`, () => {
    let server: TestServer;
    let people: Person[];
    let known = 0;
    beforeAll(async () => {
      server = await startServer({ dialect, config: { rateLimits: false } });
      people = await Promise.all(['Ann', 'Ben', 'Cem'].map((name) => server.person(name)));
      const { rows } = server.app.ports;
      const get = rows.get.bind(rows);
      spyOn(rows, 'get').mockImplementation((...place) => {
        const row = get(...place);
        if (row) known++;
        return row;
      });
    });
    afterAll(() => server.stop());

    test(
      'show each message as it is when it is read alone, whatever became of it and of its people',
      async () => {
        await fc.assert(
          fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
            const conversationId = await begin();
            for (const [i, one] of steps.entries()) {
              await perform(conversationId, one, i);
              await compare(conversationId, one);
            }
          }),
          searching(12),
        );
        expect(known).toBeGreaterThan(50);
      },
      SEARCH_TIMEOUT_MS,
    );

    async function begin(): Promise<string> {
      const [ann, ben, cem] = people as [Person, Person, Person];
      const { id } = await ann.must('conversation.create', { title: 'Pages', memberIds: [ben.userId, cem.userId] });
      await ann.must('message.send', { conversationId: id, content: 'one' });
      await ben.must('message.send', { conversationId: id, content: 'two' });
      return id;
    }

    /** Some of it is refused: then nothing changed. */
    async function perform(conversationId: string, { kind, who, which }: Step, i: number): Promise<void> {
      const person = people[who] as Person;
      const { items } = await (people[0] as Person).must('message.list', { conversationId, limit: 50 });
      // Who deleted everything for themselves has none to choose; the name of something else is refused.
      const messageId: string = items.at(-1 - (which % items.length))?.id ?? conversationId;
      const poll = items.findLast((item: { poll?: unknown }) => item.poll);
      const name = `Name ${i}`;
      const calls: Record<Step['kind'], () => [command: string, input: Record<string, unknown>]> = {
        send: () => ['message.send', { conversationId, content: `text ${i}`, mentions: [people[0]?.userId] }],
        reply: () => ['message.send', { conversationId, content: `reply ${i}`, replyToId: messageId }],
        answer: () => ['message.send', { conversationId, content: `answer ${i}`, threadId: messageId, alsoToConversation: i % 2 === 0 }],
        edit: () => ['message.edit', { messageId, content: `edited ${i}` }],
        delete: () => ['message.delete', { messageId }],
        hide: () => ['message.delete', { messageId, for: 'me' }],
        react: () => ['reaction.add', { messageId, emoji: '👍' }],
        unreact: () => ['reaction.remove', { messageId, emoji: '👍' }],
        pin: () => ['pin.add', { messageId }],
        unpin: () => ['pin.remove', { messageId }],
        poll: () => ['poll.create', { conversationId, question: `Which ${i}?`, options: ['this', 'that'] }],
        vote: () => ['poll.vote', { messageId: poll?.id ?? messageId, optionIds: [poll?.poll.options[i % 2].id ?? 'none'] }],
        close: () => ['poll.close', { messageId: poll?.id ?? messageId }],
        forward: () => ['message.forward', { messageId, conversationId }],
        rename: () => ['person.update', { name, avatarUrl: `https://pictures.test/${i}.png` }],
        receipts: () => ['person.update', { preferences: { hideReceipts: i % 2 === 0 } }],
        read: () => ['read.mark', { conversationId }],
        leave: () => ['member.remove', { conversationId, userId: people[2]?.userId }],
        title: () => ['conversation.update', { conversationId, title: name }],
      };
      const answer = await person.http(...calls[kind]());
      if (!answer.ok && answer.error.code === 'internal') throw new Error(`${kind}: ${JSON.stringify(answer.error)}`);
    }

    async function compare(conversationId: string, { looks, limit }: Step): Promise<void> {
      const reader = people[looks] as Person;
      const page = await reader.http('message.list', { conversationId, limit });
      // Who left sees nothing any more.
      if (!page.ok) return expect(page.error.code).toBe('not_found');
      for (const item of page.data.items) expect(item).toEqual(await reader.must('message.get', { messageId: item.id }));
    }
  });
}
