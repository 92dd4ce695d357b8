import { expect } from 'bun:test';
import { scenarios, type Scene } from '../support/scenario.ts';

async function two({ server }: Scene) {
  const [ann, ben] = await Promise.all([server.person('Ann'), server.person('Ben')]);
  const { id: conversationId } = await ann.must('conversation.create', { userId: ben.userId });
  return { ann, ben, conversationId: conversationId as string };
}

const typing = (events: { type: string; data: any }[]): unknown[] =>
  events.filter((event) => event.type === 'typing.updated').map((event) => event.data.typing);
const presence = (events: { type: string; data: any }[]): unknown[] =>
  events.filter((event) => event.type === 'presence.updated').map((event) => event.data.status);

scenarios('Typing and presence', (scenario) => {
  scenario('typing is told when it starts and when it ends: by itself, by a stop, by a send', async (scene) => {
    const { ann, ben, conversationId } = await two(scene);
    const his = await ben.connect();
    const type = (on: boolean) => ann.must('typing.set', { conversationId, typing: on }, scene.door);
    await type(true);
    await type(true);
    expect(await his.everything()).toContainEqual({ type: 'typing.updated', conversationId, data: { userId: ann.userId, typing: true } });
    scene.server.clock.advance(6_001);
    expect(typing(await his.everything())).toEqual([false]);
    await type(true);
    await type(false);
    await type(false);
    expect(typing(await his.everything())).toEqual([true, false]);
    await type(true);
    await ann.must('message.send', { conversationId, content: 'done' }, scene.door);
    expect((await his.everything()).filter((event) => event.type !== 'presence.updated').map((event) => event.type)).toEqual([
      'typing.updated',
      'typing.updated',
      'message.created',
    ]);
  });

  scenario('typing ends with the connection and with the membership', async (scene) => {
    const { ann, ben } = await two(scene);
    const group = await ann.must('conversation.create', { title: 'G', memberIds: [ben.userId] });
    const his = await ben.connect();
    await ann.must('typing.set', { conversationId: group.id, typing: true }, 'socket');
    await ann.disconnect();
    await his.event('typing.updated', (event) => event.data.typing === false);
    await his.everything();
    await ann.must('typing.set', { conversationId: group.id, typing: true }, scene.door);
    await ann.must('member.update', { conversationId: group.id, userId: ben.userId, role: 'owner' });
    await ann.must('member.remove', { conversationId: group.id, userId: 'me' });
    expect(typing(await his.everything())).toEqual([true, false]);
  });

  scenario('several devices are one person; a connection that comes back at once shows nothing', async (scene) => {
    const { ann, ben } = await two(scene);
    const his = await ben.connect();
    const phone = await ann.connect();
    const desk = await ann.connect();
    expect(presence(await his.everything())).toEqual(['online']);
    await phone.close();
    await desk.close();
    await ann.connect();
    scene.server.clock.advance(5_001);
    expect(presence(await his.everything())).toEqual([]);
    await ann.disconnect();
    await untilGone(scene, ann.userId, 0);
    scene.server.clock.advance(5_001);
    await his.event('presence.updated', (event) => event.data.status === 'offline');
    expect(await ben.must('presence.get', { ids: [ann.userId] }, scene.door)).toEqual({
      items: [{ userId: ann.userId, status: 'offline', lastActiveAt: expect.any(Number) }],
      cursor: null,
    });
    expect(await ben.must('presence.get', { userId: ann.userId }, scene.door)).toMatchObject({ status: 'offline' });
  });

  scenario('away when every device is, or when nothing happens', async (scene) => {
    const { ann, ben } = await two(scene);
    const his = await ben.connect();
    await ann.connect();
    await his.event('presence.updated');
    await ann.ws('presence.set', { status: 'away' });
    await ann.ws('presence.set', { status: 'online' });
    expect(presence(await his.everything())).toEqual(['online', 'away', 'online']);
    scene.server.clock.advance(5 * 60_000 + 1_000);
    await ben.ws('person.me');
    expect(presence(await his.everything())).toContain('away');
    await ann.ws('person.me');
    expect(presence(await his.everything())).toEqual(['online']);
  });

  scenario('presence of direct peers comes by itself, of others when asked for, and not at all across organisations', async (scene) => {
    const { server } = scene;
    const { ann, ben } = await two(scene);
    const cem = await server.person('Cem');
    const eve = await server.person('Eve', { orgId: await server.organisation('Other') });
    await ann.connect();
    const his = await ben.connect();
    expect(await his.event('presence.updated', (event) => event.data.userId === ann.userId)).toMatchObject({ data: { status: 'online' } });
    await his.everything();
    await cem.connect();
    expect(presence(await his.everything())).toEqual([]);
    await cem.disconnect();
    const watched = await ben.ws('presence.watch', { userIds: [cem.userId, eve.userId] });
    expect(watched).toMatchObject({ ok: true, data: { items: [{ userId: cem.userId }] } });
    await untilGone(scene, cem.userId, 0);
    scene.server.clock.advance(5_001);
    await cem.connect();
    await his.event('presence.updated', (event) => event.data.userId === cem.userId && event.data.status === 'online');
    expect(await eve.by(scene.door, 'presence.get', { userId: ann.userId })).toMatchObject({ ok: false, error: { code: 'not_found' } });
    expect(await eve.must('presence.get', { ids: [ann.userId, ben.userId] }, scene.door)).toEqual({ items: [], cursor: null });
    await ben.ws('presence.watch', { userIds: [] });
    await his.everything();
    await cem.ws('presence.set', { status: 'away' });
    expect(presence(await his.everything())).toEqual([]);
  });

  scenario('whoever hides is offline to others at once', async (scene) => {
    const { ann, ben } = await two(scene);
    await ann.connect();
    const his = await ben.connect();
    await his.event('presence.updated');
    await his.everything();
    await ann.must('person.update', { preferences: { hidePresence: true } }, scene.door);
    expect(await his.everything()).toEqual([{ type: 'presence.updated', data: { userId: ann.userId, status: 'offline', lastActiveAt: null } }]);
    expect(await ben.must('presence.get', { userId: ann.userId }, scene.door)).toEqual({ userId: ann.userId, status: 'offline', lastActiveAt: null });
    expect((await ben.must('contact.list', { q: 'ann' }, scene.door)).items[0]).toMatchObject({ lastActiveAt: null });
  });

  scenario('people are found by name or whole e-mail, never those of another organisation', async ({ server, door }) => {
    const orgId = await server.organisation('Directory');
    const ann = await server.person('Ann Example', { orgId });
    const others = await Promise.all(['Zoë 100%', 'zo_e', 'Bob'].map((name) => server.person(name, { orgId })));
    const names = async (input: Record<string, unknown>): Promise<string[]> =>
      (await ann.must('contact.list', input, door)).items.map((person: any) => person.name);
    expect(await names({ q: '100%' })).toEqual(['Zoë 100%']);
    expect(await names({ q: 'o_e' })).toEqual(['zo_e']);
    expect(await names({ q: 'ZOË' })).toEqual(['Zoë 100%']);
    await Promise.all(['Ömer Öz', 'Łukasz', 'Иван Петров', '李小龙'].map((name) => server.person(name, { orgId })));
    const found = await Promise.all(['Ömer', 'ömer ö', 'ÖMER', 'łuk', 'иван п', 'ван', '小'].map((q) => names({ q })));
    expect(found).toEqual([['Ömer Öz'], ['Ömer Öz'], ['Ömer Öz'], ['Łukasz'], ['Иван Петров'], ['Иван Петров'], ['李小龙']]);
    expect(await names({ q: `${others[2]?.userId}@example.com` })).toEqual(['Bob']);
    expect(await names({ q: 'example.com' })).toEqual([]);
    const first = await ann.must('contact.list', { limit: 4 }, door);
    const rest = await ann.must('contact.list', { limit: 4, cursor: first.cursor }, door);
    expect(new Set([...first.items, ...rest.items].map((person: any) => person.name)).size).toBe(7);
    expect(rest.cursor).toBeNull();
    expect(JSON.stringify(first)).not.toContain('@example.com');
  });

  scenario('a guest gets no directory, only the people whom they talk to', async ({ server, door }) => {
    const [ann, guest] = [await server.person('Ann'), await server.person('Visitor', { kind: 'guest' })];
    await server.person('Ben');
    expect((await guest.must('contact.list', {}, door)).items).toEqual([]);
    for (const name of ['person.get', 'presence.get'])
      expect(await guest.by(door, name, { userId: ann.userId })).toMatchObject({ ok: false, error: { code: 'not_found' } });
    expect((await guest.must('presence.watch', { userIds: [ann.userId] }, 'socket')).items).toEqual([]);
    await ann.must('conversation.create', { userId: guest.userId });
    expect((await guest.must('contact.list', {}, door)).items).toMatchObject([{ id: ann.userId }]);
    expect((await guest.must('presence.get', { ids: [ann.userId] }, door)).items).toMatchObject([{ userId: ann.userId }]);
    expect(await guest.by(door, 'conversation.create', { title: 'Mine' })).toMatchObject({ ok: false, error: { code: 'forbidden' } });
  });
});

/** The server notices a closed socket a moment later; this waits for it, not for time. */
async function untilGone({ server }: Scene, userId: string, devices: number): Promise<void> {
  while (server.app.connectionsOf(userId) > devices) await new Promise((resolve) => setImmediate(resolve));
}
