import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { createClient, statusOf, type Client, type State } from '../../src/client/index.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** The client against the server itself: what both make of the contract is the same. */
describe('a client and the server', () => {
  let server: TestServer;
  const clients: Client[] = [];

  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(async () => {
    for (const client of clients) client.stop();
    await server.stop();
  });

  async function join(name: string): Promise<{ client: Client; userId: string }> {
    const { token, userId } = await server.person(name);
    const client = createClient({ url: server.url, token });
    clients.push(client);
    await client.start();
    await until(client, (state) => state.synced);
    return { client, userId };
  }

  const contents = (state: State, id: string): string[] => (state.timelines.get(id)?.messages ?? []).map(({ content }) => content);

  test('two people talk, and the ticks follow', async () => {
    const [{ client: ann, userId: annId }, { client: bob, userId: bobId }] = await Promise.all([join('Ann'), join('Bob')]);
    const { id } = await ann.startDirect(bobId);
    await until(bob, (state) => state.conversations.get(id)?.peer?.id === annId);
    await Promise.all([ann.openConversation(id), bob.openConversation(id)]);

    bob.setTyping(id, true);
    await until(ann, (state) => state.typing.get(id)?.includes(bobId) === true);
    ann.send(id, { content: 'one' });
    ann.send(id, { content: 'two' });
    await until(bob, (state) => contents(state, id).length === 2);
    expect(contents(bob.get(), id)).toEqual(['one', 'two']);
    expect(bob.get().conversations.get(id)?.membership.unread).toBe(2);
    expect(ann.get().conversations.get(id)?.membership).toMatchObject({ readSeq: 2, unread: 0 });

    const ticks = (state: State): string[] => (state.timelines.get(id)?.messages ?? []).map((message) => statusOf(state, message));
    await until(ann, (state) => ticks(state).every((tick) => tick === 'delivered'));
    bob.markRead(id, 2);
    await until(ann, (state) => ticks(state).every((tick) => tick === 'read'));
    bob.send(id, { content: 'three' });
    await until(ann, (state) => contents(state, id).at(-1) === 'three' && !state.typing.has(id));
    expect(ann.get().held).toEqual(bob.get().held);
  });

  test('somebody who was away has everything afterwards, once', async () => {
    const [{ client: ann }, { client: bob, userId: bobId }] = await Promise.all([join('Ann'), join('Bob')]);
    const { id } = await ann.startDirect(bobId);
    await until(bob, (state) => state.conversations.has(id));
    await Promise.all([ann.openConversation(id), bob.openConversation(id)]);
    ann.send(id, { content: 'before' });
    await until(bob, (state) => contents(state, id).length === 1);

    bob.stop();
    for (let n = 1; n <= 150; n++) ann.send(id, { content: `meanwhile ${n}` });
    await until(ann, (state) => !state.outbox.has(id));
    const edited = ann.get().timelines.get(id)?.messages[0];
    await ann.call('message.edit', { messageId: edited?.id ?? '', content: 'before, edited' });
    await ann.call('message.delete', { messageId: ann.get().timelines.get(id)?.messages[1]?.id ?? '' });
    const { rev = 0 } = ann.get().conversations.get(id) ?? {};

    await bob.start();
    await until(bob, (state) => state.held.get(id) === rev);
    const held = (state: State) => state.timelines.get(id)?.messages.map(({ seq, rev, content, deletedAt }) => ({ seq, rev, content, deletedAt }));
    expect(held(bob.get())).toEqual(held(ann.get()));
    expect(contents(bob.get(), id).slice(0, 3)).toEqual(['before, edited', '', 'meanwhile 2']);
    expect(bob.get().conversations.get(id)?.membership.unread).toBe(151);
  });

  test('groups grow and shrink before the eyes of all', async () => {
    const [{ client: ann }, { client: bob, userId: bobId }, { client: carl, userId: carlId }] = await Promise.all([
      join('Ann'),
      join('Bob'),
      join('Carl'),
    ]);
    const { id } = await ann.startGroup('Saturday', [bobId]);
    await Promise.all([ann.openConversation(id), ann.loadMembers(id)]);
    ann.send(id, { content: 'who is in?' });
    await until(ann, (state) => contents(state, id).length === 1);
    await ann.call('member.add', { conversationId: id, userId: carlId });
    await until(carl, (state) => state.conversations.get(id)?.lastMessage?.type === 'system');
    await until(ann, (state) => state.members.get(id)?.length === 3);
    await bob.leaveConversation(id);
    await until(ann, (state) => state.members.get(id)?.length === 2 && state.conversations.get(id)?.memberCount === 2);
    await ann.call('conversation.update', { conversationId: id, title: 'Sunday' });
    await until(carl, (state) => state.conversations.get(id)?.title === 'Sunday');
    await until(carl, (state) => state.held.get(id) === ann.get().held.get(id));
    await ann.call('conversation.delete', { conversationId: id });
    await until(carl, (state) => !state.conversations.has(id));
  });
});

/** Resolves with the first state that fits. */
async function until(client: Client, fits: (state: State) => boolean): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const look = (): void => {
    if (fits(client.get())) resolve();
  };
  const stop = client.subscribe(look);
  look();
  await promise;
  stop();
}
