import { expect } from 'bun:test';
import { scenarios } from '../support/scenario.ts';

scenarios('Repeats', (scenario) => {
  // Went wrong: the quoted message was looked up before the repeat was recognised, so a stored reply looked refused.
  scenario('a repeated reply gets its first answer also when what it quotes was deleted since', async ({ server, door }) => {
    const [ann, ben] = await Promise.all([server.person('Ann'), server.person('Ben')]);
    const { id: conversationId } = await ann.must('conversation.create', { userId: ben.userId });
    const quoted = await ann.must('message.send', { conversationId, content: 'Shall we?' });
    const reply = { conversationId, clientId: 'r', content: 'Yes', replyToId: quoted.id };
    const first = await ben.must('message.send', reply, door);
    await ann.must('message.delete', { messageId: quoted.id });
    const theirs = await ann.connect();
    const again = await ben.must('message.send', reply, door);
    expect(again).toMatchObject({ id: first.id, seq: 2, rev: first.rev, replyTo: { id: quoted.id, content: '' } });
    expect(await theirs.news()).toEqual([]);
    expect(await ben.by(door, 'message.send', { ...reply, clientId: 'another' })).toMatchObject({
      ok: false,
      error: { code: 'invalid_input', details: [{ path: 'replyToId' }] },
    });
    expect(await ben.by(door, 'message.send', { ...reply, content: 'No' })).toMatchObject({ ok: false, error: { code: 'client_id_conflict' } });
  });

  scenario('a repeat of what was edited since gets the message as it is now, not a conflict', async ({ server, door }) => {
    const [ann, ben] = await Promise.all([server.person('Ann'), server.person('Ben')]);
    const { id: conversationId } = await ann.must('conversation.create', { userId: ben.userId });
    const first = await ann.must('message.send', { conversationId, clientId: 'e', content: 'Frist' }, door);
    await ann.must('message.edit', { messageId: first.id, content: 'First' }, door);
    expect(await ann.must('message.send', { conversationId, clientId: 'e', content: 'Frist' }, door)).toMatchObject({
      id: first.id,
      content: 'First',
    });
  });

  scenario('the same send through both doors at once is one message', async ({ server }) => {
    const [ann, ben] = await Promise.all([server.person('Ann'), server.person('Ben')]);
    const { id: conversationId } = await ann.must('conversation.create', { userId: ben.userId });
    const theirs = await ben.connect();
    await ann.connect();
    const send = { conversationId, clientId: 'twice', content: 'Once' };
    const answers = await Promise.all(['http', 'socket', 'http', 'socket'].map((door) => ann.must('message.send', send, door as 'http')));
    expect(new Set(answers.map((answer) => answer.id)).size).toBe(1);
    expect((await theirs.news()).map((event) => event.type)).toEqual(['message.created']);
  });
});
