import { expect } from 'bun:test';
import { scenarios, type Scene } from '../support/scenario.ts';

async function slowGroup({ server }: Scene) {
  const [ann, ben] = await Promise.all([server.person('Ann'), server.person('Ben')]);
  const { id } = await ann.must('conversation.create', { title: 'T', memberIds: [ben.userId] });
  const conversationId = id as string;
  const changed = await ann.must('conversation.update', { conversationId, settings: { slowModeSeconds: 30 } });
  expect(changed.settings.slowModeSeconds).toBe(30);
  return { ann, ben, conversationId };
}

scenarios('Slow mode', (scenario) => {
  scenario('a member waits between two messages and is told for how long; admins do not wait', async (scene) => {
    const { ann, ben, conversationId } = await slowGroup(scene);
    const { clock } = scene.server;
    const send = (person: typeof ann, content: string) => person.by(scene.door, 'message.send', { conversationId, content });
    expect(await send(ben, '1')).toMatchObject({ ok: true });
    clock.advance(10_000);
    expect(await send(ben, '2')).toMatchObject({
      ok: false,
      error: { code: 'rate_limited', message: 'Slow mode: one message in 30 seconds; wait 20 seconds.', retryAfter: 20 },
    });
    expect((await ben.must('conversation.get', { conversationId }, scene.door)).membership.nextSendAt).toBe(clock.now() + 20_000);
    for (const content of ['3', '4']) expect(await send(ann, content)).toMatchObject({ ok: true });
    expect((await ann.must('conversation.get', { conversationId })).membership.nextSendAt).toBeNull();
    clock.advance(19_999);
    expect(await send(ben, '5')).toMatchObject({ ok: false, error: { retryAfter: 1 } });
    clock.advance(1);
    expect(await send(ben, '6')).toMatchObject({ ok: true });
  });

  scenario('over HTTP the headers tell it like every other limit', async ({ server, ...scene }) => {
    const { ben, conversationId } = await slowGroup({ server, ...scene });
    const send = (): Promise<Response> =>
      fetch(`${server.url}/api/chat/conversations/${conversationId}/messages`, {
        method: 'POST',
        headers: { authorization: `Bearer ${ben.token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ content: 'x' }),
      });
    expect((await send()).status).toBe(201);
    const { status, headers } = await send();
    expect([status, headers.get('retry-after'), headers.get('ratelimit'), headers.get('ratelimit-policy')]).toEqual([
      429,
      '30',
      '"slow-mode";r=0;t=30',
      '"slow-mode";q=1;w=30',
    ]);
  });

  scenario('a repeat and an edit do not wait; leaving and coming back is no way around', async (scene) => {
    const { ann, ben, conversationId } = await slowGroup(scene);
    const first = await ben.must('message.send', { conversationId, clientId: 'once', content: '1' });
    expect((await ben.must('message.send', { conversationId, clientId: 'once', content: '1' }, scene.door)).id).toBe(first.id);
    expect(await ben.must('message.edit', { messageId: first.id, content: '1!' }, scene.door)).toMatchObject({ content: '1!' });
    await ben.must('member.remove', { conversationId, userId: 'me' });
    await ann.must('member.add', { conversationId, userIds: [ben.userId] });
    expect(await ben.by(scene.door, 'message.send', { conversationId, content: '2' })).toMatchObject({ ok: false, error: { code: 'rate_limited' } });
  });

  scenario('of many sends at once one is stored, and the setting has a limit', async (scene) => {
    const { ann, ben, conversationId } = await slowGroup(scene);
    const answers = await Promise.all([1, 2, 3].map((n) => ben.by(scene.door, 'message.send', { conversationId, content: `${n}` })));
    expect(answers.filter((answer) => answer.ok)).toHaveLength(1);
    expect(answers.filter((answer) => !answer.ok && answer.error.code === 'rate_limited' && answer.error.retryAfter === 30)).toHaveLength(2);
    const set = (slowModeSeconds: number) => ann.by(scene.door, 'conversation.update', { conversationId, settings: { slowModeSeconds } });
    expect(await set(21_600)).toMatchObject({ ok: true });
    expect(await set(21_601)).toMatchObject({ ok: false, error: { details: [{ path: 'settings.slowModeSeconds' }] } });
    expect(await ben.by(scene.door, 'conversation.update', { conversationId, settings: { slowModeSeconds: 0 } })).toMatchObject({
      ok: false,
      error: { code: 'forbidden' },
    });
  });
});
