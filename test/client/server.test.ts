import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { eq } from 'drizzle-orm';
import { createClient, statusOf, type Client, type State } from '../../src/client/index.ts';
import { startPushService } from '../support/push-service.ts';
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

  test('a key acts as its bot, or in the name of the person it is told, over both doors', async () => {
    const orgId = await server.organisation('Shop');
    const owner = await server.person('Olga', { orgId, role: 'owner' });
    const scopes = ['read', 'messages:write', 'conversations:write', 'people:write', 'people:act-as'];
    const { secret: token, bot } = await owner.must('key.create', { name: 'Shop', scopes });
    const [robot, dora] = [createClient({ url: server.url, token }), createClient({ url: server.url, token, actAs: 'ext:Dora Ä' })];
    clients.push(robot, dora);
    for (const client of [robot, dora]) await client.start();
    await Promise.all([robot, dora].map((client) => until(client, (state) => state.synced)));
    expect(robot.get().me).toMatchObject({ id: bot.id, kind: 'bot' });
    expect(dora.get().me).toMatchObject({ externalId: 'Dora Ä', kind: 'user' });
    const { id } = await dora.startDirect(owner.userId);
    await dora.openConversation(id);
    dora.send(id, { content: 'Hello' });
    await until(dora, (state) => contents(state, id).length === 1);
    expect((await owner.must('message.list', { conversationId: id })).items).toMatchObject([{ sender: { id: dora.get().me?.id }, content: 'Hello' }]);
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

  test('a thread is read and written beside the conversation, and its count follows', async () => {
    const [{ client: ann }, { client: bob, userId: bobId }] = await Promise.all([join('Ann'), join('Bob')]);
    const { id } = await ann.startDirect(bobId);
    await until(bob, (state) => state.conversations.has(id));
    await Promise.all([ann.openConversation(id), bob.openConversation(id)]);
    ann.send(id, { content: 'Where?' });
    await Promise.all([ann, bob].map((client) => until(client, (state) => contents(state, id).length === 1)));
    const root = (client: Client) => client.get().timelines.get(id)?.messages[0];
    const [hers, his] = [root(ann), root(bob)];
    if (!hers || !his) throw new Error('no message');
    await ann.openThread(hers);
    bob.send(id, { content: 'Here', threadId: his.id });
    const inThread = (state: State): string[] => (state.threads.get(hers.id)?.timeline.messages ?? []).map(({ content }) => content);
    await until(ann, (state) => inThread(state).length === 1 && state.threads.get(hers.id)?.root.thread?.replyCount === 1);
    expect([contents(ann.get(), id), contents(bob.get(), id), root(bob)?.thread?.replyCount]).toEqual([['Where?'], ['Where?'], 1]);
    bob.send(id, { content: 'Or there', threadId: his.id, alsoToConversation: true });
    await until(ann, (state) => contents(state, id).length === 2 && inThread(state).length === 2);
    await ann.markThreadRead(hers.id);
    await until(ann, (state) => state.threadMarks.get(hers.id)?.unread === 0);
  });

  test('what somebody deletes for themselves goes on all their devices, stays away when others change it, and shows what came before', async () => {
    const [{ client: ann }, { client: bob, userId: bobId }] = await Promise.all([join('Ann'), join('Bob')]);
    const { id } = await ann.startDirect(bobId);
    await until(bob, (state) => state.conversations.has(id));
    await Promise.all([ann.openConversation(id), bob.openConversation(id)]);
    for (const content of ['one', 'two']) ann.send(id, { content });
    await until(bob, (state) => contents(state, id).length === 2);
    const two = bob.get().timelines.get(id)?.messages[1]?.id ?? '';
    await bob.hideMessage(two);
    await until(bob, (state) => contents(state, id).length === 1 && state.conversations.get(id)?.lastMessage?.content === 'one');
    await ann.call('message.edit', { messageId: two, content: 'two!' });
    ann.send(id, { content: 'three' });
    await until(bob, (state) => state.conversations.get(id)?.lastMessage?.content === 'three');
    expect(contents(bob.get(), id)).toEqual(['one', 'three']);
    // Her answer comes by a socket of its own.
    await until(ann, (state) => contents(state, id).length === 3);
    expect(contents(ann.get(), id)).toEqual(['one', 'two!', 'three']);
  });

  test('the notification centre fills, empties when the conversation is read, and is the same after a reload', async () => {
    const [{ client: ann }, { client: bob, userId: bobId }] = await Promise.all([join('Ann'), join('Bob')]);
    const { id } = await ann.startDirect(bobId);
    await until(bob, (state) => state.conversations.has(id) && state.notifications !== null);
    ann.send(id, { content: 'Call me' });
    await until(ann, (state) => !state.outbox.has(id));
    server.clock.advance(1_000);
    await until(bob, (state) => state.notifications?.unread === 1 && state.notifications.items[0]?.preview === 'Call me');
    await bob.call('read.mark', { conversationId: id });
    await until(bob, (state) => state.notifications?.unread === 0 && state.notifications.items[0]?.readAt !== null);
    bob.stop();
    await bob.start();
    await until(bob, (state) => state.notifications?.unread === 0 && state.notifications.items.length === 1);
  });

  test('another name shows wherever somebody is named, and a block closes the conversation on both sides', async () => {
    const [{ client: ann, userId: annId }, { client: bob, userId: bobId }] = await Promise.all([join('Ann'), join('Bob')]);
    const { id } = await ann.startDirect(bobId);
    await Promise.all([ann.openConversation(id), ann.loadBlocks()]);
    bob.send(id, { content: 'Hello' });
    await until(ann, (state) => contents(state, id).length === 1);
    await bob.call('person.update', { name: 'Robert', statusText: 'Here' });
    await until(ann, (state) => state.conversations.get(id)?.peer?.statusText === 'Here');
    expect(ann.get().timelines.get(id)?.messages[0]?.sender.name).toBe('Robert');
    await until(bob, (state) => state.me?.name === 'Robert');

    await ann.setBlocked(bobId, true);
    await until(bob, (state) => state.conversations.get(id)?.capabilities.post === false);
    await until(ann, (state) => state.blocks?.[0]?.user.name === 'Robert');
    await until(bob, (state) => state.presence.get(annId)?.status === 'offline');
    await ann.setBlocked(bobId, false);
    await until(bob, (state) => state.conversations.get(id)?.capabilities.post === true && state.presence.get(annId)?.status === 'online');
    await until(ann, (state) => state.blocks?.length === 0);
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

  test('a browser subscribes to pushes with what its subscription says of itself, and takes it back', async () => {
    const { client, userId } = await join('Ann');
    const { store } = server.app.ports;
    const { pushSubscription } = store.tables;
    const own = () => store.read.$count(pushSubscription, eq(pushSubscription.userId, userId));
    const service = startPushService();
    const { keys } = service.browser().subscription;
    const endpoint = 'https://push.example.com/client';
    expect(await client.pushKey()).toBe(server.app.ports.push.publicKey);
    await client.subscribePush({ endpoint, expirationTime: null, keys });
    expect(await own()).toBe(1);
    await client.unsubscribePush({ endpoint });
    expect(await own()).toBe(0);
    await service.stop();
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
