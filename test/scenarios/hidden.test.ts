import { expect } from 'bun:test';
import { scenarios, type Scene } from '../support/scenario.ts';

async function three({ server }: Scene) {
  const [ann, ben] = await Promise.all([server.person('Ann'), server.person('Ben')]);
  const { id: conversationId } = await ann.must('conversation.create', { userId: ben.userId });
  const ids: string[] = [];
  for (const content of ['one', 'two', 'three']) ids.push((await ann.must('message.send', { conversationId, content })).id);
  const [one = '', two = '', last = ''] = ids;
  return { ann, ben, conversationId: conversationId as string, one, two, last };
}

const contents = (page: { items: any[] }): string[] => page.items.map((message) => message.content);

scenarios('Deleting for oneself', (scenario) => {
  scenario('the message is gone for that person everywhere, and for nobody else', async (scene) => {
    const { ann, ben, conversationId, two } = await three(scene);
    const [hers, his] = [await ann.connect(), await ben.connect()];
    const answer = await ben.by(scene.door, 'message.delete', { messageId: two, for: 'me' });
    expect(answer.ok).toBe(true);
    if (scene.door === 'http') expect(answer.status).toBe(204);
    await ben.must('message.delete', { messageId: two, for: 'me' }, scene.door);
    expect(await his.news()).toEqual([{ type: 'message.hidden', conversationId, data: { messageId: two } }]);
    expect(await hers.news()).toEqual([]);
    expect(contents(await ben.must('message.list', { conversationId }, scene.door))).toEqual(['one', 'three']);
    expect(contents(await ann.must('message.list', { conversationId }, scene.door))).toEqual(['one', 'two', 'three']);
    expect(await ben.by(scene.door, 'message.get', { messageId: two })).toMatchObject({ ok: false, error: { code: 'not_found' } });
    expect(await ann.by(scene.door, 'message.get', { messageId: two })).toMatchObject({ ok: true });
    expect((await ben.must('conversation.get', { conversationId })).rev).toBe(4);
  });

  scenario('the address of the design works: DELETE with ?for=me', async (scene) => {
    const { ben, conversationId, two } = await three(scene);
    const response = await fetch(`${scene.server.url}/api/chat/messages/${two}?for=me`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${ben.token}` },
    });
    expect(response.status).toBe(204);
    expect(contents(await ben.must('message.list', { conversationId }, scene.door))).toEqual(['one', 'three']);
    const wrong = await fetch(`${scene.server.url}/api/chat/messages/${two}?for=you`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${ben.token}` },
    });
    expect([wrong.status, await wrong.json()]).toMatchObject([400, { error: { details: [{ path: 'for' }] } }]);
  });

  scenario('of the newest message the one before it shows in the list of conversations', async (scene) => {
    const { ann, ben, conversationId, last } = await three(scene);
    await ben.must('message.delete', { messageId: last, for: 'me' }, scene.door);
    const [his] = (await ben.must('conversation.list', {}, scene.door)).items;
    const [hers] = (await ann.must('conversation.list', {}, scene.door)).items;
    expect([his.lastMessage.content, hers.lastMessage.content]).toEqual(['two', 'three']);
    expect((await ben.must('sync', {}, scene.door)).conversations[0].lastMessage.content).toBe('two');
    await ann.must('message.send', { conversationId, content: 'four' });
    expect((await ben.must('conversation.get', { conversationId }, scene.door)).lastMessage.content).toBe('four');
  });

  scenario('a device that was away is told, whichever rev it holds; a new one never gets the message', async (scene) => {
    const { ann, ben, conversationId, one, two } = await three(scene);
    await ben.must('message.delete', { messageId: one, for: 'me' });
    const at = (rev: number) => ben.must('sync', { conversations: { [conversationId]: rev } }, scene.door);
    expect((await at(4)).hidden).toEqual({ [conversationId]: [one] });
    expect((await at(2)).hidden).toEqual({ [conversationId]: [one] });
    expect(contents((await at(2)).messages[conversationId])).toEqual(['two', 'three']);
    await ann.must('message.send', { conversationId, content: 'four' });
    expect((await at(5)).hidden).toEqual({});
    await ben.must('message.delete', { messageId: two, for: 'me' });
    expect((await at(5)).hidden).toEqual({ [conversationId]: [two] });
    expect((await at(4)).hidden[conversationId].sort()).toEqual([one, two].sort());
    const fresh = await ben.must('sync', {}, scene.door);
    expect([contents(fresh.messages[conversationId]), fresh.hidden]).toEqual([['three', 'four'], {}]);
    const changes = await ben.must('conversation.changes', { conversationId, since: 4 }, scene.door);
    expect([contents(changes), changes.hidden.sort()]).toEqual([['four'], [one, two].sort()]);
    expect((await ann.must('sync', { conversations: { [conversationId]: 4 } }, scene.door)).hidden).toEqual({});
  });

  scenario('tombstones and system messages can be hidden as well; pins and quotes follow', async (scene) => {
    const { ann, ben, conversationId, one, two } = await three(scene);
    await ann.must('message.delete', { messageId: one });
    await ben.must('message.delete', { messageId: one, for: 'me' }, scene.door);
    expect(contents(await ben.must('message.list', { conversationId }))).toEqual(['two', 'three']);
    await ann.must('pin.add', { messageId: two });
    await ben.must('message.delete', { messageId: two, for: 'me' }, scene.door);
    expect((await ben.must('pin.list', { conversationId }, scene.door)).items).toEqual([]);
    expect(await ben.by(scene.door, 'message.send', { conversationId, content: 'x', replyToId: two })).toMatchObject({
      ok: false,
      error: { details: [{ path: 'replyToId' }] },
    });
  });

  scenario('what was hidden stays hidden for whoever leaves and comes back', async (scene) => {
    const [ann, ben] = await Promise.all([scene.server.person('Ann'), scene.server.person('Ben')]);
    const { id: conversationId } = await ann.must('conversation.create', { title: 'T', memberIds: [ben.userId] });
    const { id: messageId } = await ann.must('message.send', { conversationId, content: 'one' });
    await ben.must('message.delete', { messageId, for: 'me' });
    await ben.must('member.remove', { conversationId, userId: 'me' });
    await ann.must('member.add', { conversationId, userIds: [ben.userId] });
    const shown = await ben.must('message.list', { conversationId }, scene.door);
    expect(shown.items.filter((message: any) => message.type === 'text')).toEqual([]);
  });
});
