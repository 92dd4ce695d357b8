import { expect } from 'bun:test';
import { scenarios } from '../support/scenario.ts';

scenarios('Order', (scenario) => {
  scenario('sends, edits, titles and members at once are heard in the order of rev, without a hole', async ({ server, door }) => {
    const people = await Promise.all(Array.from({ length: 12 }, (_, i) => server.person(`P${i}`)));
    const [ann, ...others] = people;
    if (!ann) throw new Error('nobody');
    const { id: conversationId } = await ann.must('conversation.create', {
      title: 'Busy',
      memberIds: others.slice(0, 8).map((person) => person.userId),
    });
    const listener = await ann.connect();
    const mine = await ann.must('message.send', { conversationId, content: 'edited again and again' });
    await Promise.all([
      ...others
        .slice(0, 8)
        .flatMap((person) => Array.from({ length: 12 }, (_, n) => person.must('message.send', { conversationId, content: `${n}` }, door))),
      ...Array.from({ length: 20 }, (_, n) => ann.must('message.edit', { messageId: mine.id, content: `v${n}` })),
      ...Array.from({ length: 10 }, (_, n) => ann.must('conversation.update', { conversationId, title: `Title ${n}` })),
      ...others.slice(8).map((person) => ann.must('member.add', { conversationId, userIds: [person.userId] })),
    ]);
    const revs = (await listener.news()).filter((event) => event.rev !== undefined).map((event) => event.rev ?? 0);
    expect(revs).toEqual(Array.from({ length: revs.length }, (_, i) => i + 2));
    expect((await ann.must('conversation.get', { conversationId })).rev).toBe(revs.length + 1);
    await Promise.all(people.map((person) => person.disconnect()));
  });
});
