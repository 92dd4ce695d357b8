import { expect } from 'bun:test';
import { scenarios, type Scene } from '../support/scenario.ts';

/** A group in which newcomers see only what comes after them, with a message from before Dan. */
async function newcomer({ server }: Scene) {
  const [ann, ben, dan] = await Promise.all([server.person('Ann'), server.person('Ben'), server.person('Dan')]);
  const { id } = await ann.must('conversation.create', { title: 'T', memberIds: [ben.userId], settings: { history: 'joined' } });
  const conversationId = id as string;
  const old = await ann.must('message.send', { conversationId, content: 'Secret from before' });
  await ann.must('member.add', { conversationId, userIds: [dan.userId] });
  const { rev } = await dan.must('conversation.get', { conversationId });
  return { ann, ben, dan, conversationId, messageId: old.id as string, rev: rev as number };
}

scenarios('What is older than one', (scenario) => {
  scenario('changes of a message reach those who may read it; the others hear only that rev moved on, without a hole', async (scene) => {
    const { ann, ben, dan, conversationId, messageId, rev } = await newcomer(scene);
    const [his, theirs] = [await ben.connect(), await dan.connect()];
    await ann.must('message.edit', { messageId, content: 'Secret, edited' }, scene.door);
    await ann.must('pin.add', { messageId }, scene.door);
    await ben.must('reaction.add', { messageId, emoji: '👍' }, scene.door);
    const reply = await ben.must('message.send', { conversationId, threadId: messageId, content: 'Below' }, scene.door);
    await ann.must('pin.remove', { messageId }, scene.door);
    await ann.must('message.delete', { messageId }, scene.door);
    const typesOf = async (socket: typeof his): Promise<unknown[]> => (await socket.news()).map((event) => [event.type, event.rev]);
    expect(await typesOf(his)).toEqual([
      ['message.updated', rev + 1],
      ['message.updated', rev + 2],
      ['reaction.added', rev + 3],
      ['message.created', rev + 4],
      ['thread.updated', rev + 5],
      ['message.updated', rev + 6],
      ['message.deleted', rev + 7],
    ]);
    const heard = await theirs.news();
    expect(heard.map((event) => [event.type, event.rev])).toEqual([
      ['conversation.advanced', rev + 1],
      ['conversation.advanced', rev + 2],
      ['conversation.advanced', rev + 3],
      ['message.created', rev + 4],
      ['conversation.advanced', rev + 5],
      ['conversation.advanced', rev + 6],
      ['conversation.advanced', rev + 7],
    ]);
    expect(heard[0]).toEqual({ type: 'conversation.advanced', conversationId, rev: rev + 1, data: { id: conversationId } });
    expect(JSON.stringify(heard.filter((event) => event.type !== 'message.created'))).not.toContain(messageId);
    const back = await dan.must('sync', { conversations: { [conversationId]: rev } }, scene.door);
    expect(back.messages[conversationId].items).toMatchObject([{ id: reply.id }]);
    expect(JSON.stringify([heard, back])).not.toContain('Secret');
  });

  scenario('a quotation shows no text that a member may not read, in events and reads alike', async (scene) => {
    const { ann, dan, conversationId, messageId } = await newcomer(scene);
    const theirs = await dan.connect();
    const sent = await ann.must('message.send', { conversationId, content: 'As I said', replyToId: messageId }, scene.door);
    expect(sent.replyTo).toMatchObject({ id: messageId, content: '' });
    expect(await theirs.news()).toMatchObject([{ type: 'message.created', data: { replyTo: { id: messageId, content: '' } } }]);
    for (const person of [ann, dan]) {
      const { items } = await person.must('message.list', { conversationId }, scene.door);
      expect(items.at(-1).replyTo).toMatchObject({ content: '' });
      expect((await person.must('conversation.get', { conversationId }, scene.door)).lastMessage.replyTo).toMatchObject({ content: '' });
    }
    const later = await ann.must('message.send', { conversationId, content: 'And that?', replyToId: sent.id }, scene.door);
    expect(later.replyTo).toMatchObject({ content: 'As I said' });
    expect((await dan.must('message.get', { messageId: later.id }, scene.door)).replyTo).toMatchObject({ content: 'As I said' });
  });

  scenario('whoever was away while they left and joined again is told to drop what they may not read any longer', async (scene) => {
    const { ann, ben, conversationId, messageId, rev } = await newcomer(scene);
    expect((await ben.must('sync', { conversations: { [conversationId]: 1 } }, scene.door)).removed).toEqual([]);
    await ann.must('member.remove', { conversationId, userId: ben.userId });
    await ann.must('message.send', { conversationId, content: 'Without Ben' });
    await ann.must('member.add', { conversationId, userIds: [ben.userId] });
    const later = await ann.must('message.send', { conversationId, content: 'With Ben again' });
    const back = await ben.must('sync', { conversations: { [conversationId]: rev } }, scene.door);
    expect(back).toMatchObject({ removed: [conversationId], conversations: [{ id: conversationId, rev: later.rev }], complete: true });
    expect(back.messages[conversationId].items.map((message: any) => message.type)).toEqual(['system', 'text']);
    const joined = back.messages[conversationId].items[0].rev;
    expect(await ben.by(scene.door, 'message.get', { messageId })).toMatchObject({ ok: false, error: { code: 'not_found' } });
    const next = await ben.must('sync', { conversations: { [conversationId]: joined } }, scene.door);
    expect([next.removed, next.messages[conversationId].items.map((message: any) => message.id)]).toEqual([[], [later.id]]);
  });

  // Went wrong: what is older than the first joining had changed long before what the device held, so it never came.
  scenario('whoever was away while they joined again and may read more of the past than before is told to begin anew', async (scene) => {
    const { ann, dan, conversationId, messageId, rev } = await newcomer(scene);
    await ann.must('member.remove', { conversationId, userId: dan.userId });
    await ann.must('conversation.update', { conversationId, settings: { history: 'all' } });
    await ann.must('member.add', { conversationId, userIds: [dan.userId] });
    await ann.must('member.update', { conversationId, userId: dan.userId, role: 'admin' });
    const back = await dan.must('sync', { conversations: { [conversationId]: rev } }, scene.door);
    expect(back).toMatchObject({ removed: [conversationId], conversations: [{ id: conversationId }], complete: true });
    const { items, complete } = back.messages[conversationId];
    const all = await ann.must('message.list', { conversationId });
    expect([items.map((message: any) => message.id), complete]).toEqual([all.items.map((message: any) => message.id), true]);
    expect(items[0].id).toBe(messageId);
    const next = await dan.must('sync', { conversations: { [conversationId]: items.at(-1).rev } }, scene.door);
    expect([next.removed, next.messages[conversationId]?.items ?? []]).toEqual([[], []]);
  });

  scenario('another role is no reason to begin anew, nor is a joining of somebody else', async (scene) => {
    const { ann, ben, conversationId, rev } = await newcomer(scene);
    const eve = await scene.server.person('Eve');
    await ann.must('member.update', { conversationId, userId: ben.userId, role: 'admin' });
    await ann.must('member.add', { conversationId, userIds: [eve.userId] });
    const back = await ben.must('sync', { conversations: { [conversationId]: rev } }, scene.door);
    expect([back.removed, back.messages[conversationId].items.length]).toEqual([[], 1]);
  });
});
