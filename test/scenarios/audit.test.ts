import { expect } from 'bun:test';
import { eq } from 'drizzle-orm';
import { newId } from '../../src/lib/id.ts';
import { refused, shop } from '../support/keys.ts';
import type { Person } from '../support/person.ts';
import { scenarios, type Scene } from '../support/scenario.ts';
import type { TestServer } from '../support/server.ts';

scenarios('The audit', (scenario) => {
  const entries = async (reader: Person, filter: Record<string, unknown> = {}, door: Scene['door'] = 'http') =>
    (await reader.must('audit.list', filter, door)).items;

  scenario('names the key, the actor, the command, the conversation and what it was done to, and no text', async (scene) => {
    const { server, door } = scene;
    const { owner, by, key } = await shop(scene);
    const people = await by().must('person.upsert', { people: [{ externalId: 'dora' }, { externalId: 'emil' }] }, door);
    const [dora, emil] = people.items;
    const { id: conversationId } = await by('ext:dora').must('conversation.create', { title: 'Very private', memberIds: ['ext:emil'] }, door);
    const sent = await by('ext:dora').must('message.send', { conversationId, content: 'Very private words' }, door);
    await by('ext:dora').must('message.edit', { messageId: sent.id, content: 'Very private, edited' }, door);
    await by('ext:dora').must('member.update', { conversationId, userId: 'ext:emil', role: 'admin' }, door);
    await by('ext:emil').must('reaction.add', { messageId: sent.id, emoji: '👍' }, door);
    await by('ext:emil').must('read.mark', { conversationId }, door);
    await stored(server, sent.id);
    const listed = await entries(owner, { keyId: key.id }, door);
    const told = listed.map((entry: any) => [entry.action, entry.actor.id, entry.conversationId, entry.targetId]);
    expect(told.toReversed()).toEqual([
      ['person.upsert', key.bot.id, null, expect.any(String)],
      ['person.upsert', key.bot.id, null, expect.any(String)],
      ['conversation.create', dora.id, conversationId, null],
      ['message.send', dora.id, conversationId, sent.id],
      ['message.edit', dora.id, conversationId, sent.id],
      ['member.update', dora.id, conversationId, emil.id],
      ['reaction.add', emil.id, conversationId, sent.id],
    ]);
    expect(listed.every((entry: any) => entry.key.name === 'Back end' && entry.key.id === key.id)).toBe(true);
    expect(listed.filter((entry: any) => entry.requestId === null).map((entry: any) => entry.action)).toEqual(['message.send']);
    expect(new Set(listed.slice(-2).map((entry: any) => entry.targetId))).toEqual(new Set([dora.id, emil.id]));
    expect(JSON.stringify(listed)).not.toContain('private');
    await owner.must('key.revoke', { keyId: key.id });
    expect(await entries(owner, { action: 'key.revoke' }, door)).toMatchObject([{ actor: { id: owner.userId }, key: null, targetId: key.id }]);
    expect((await entries(owner, { keyId: key.id }, door))[0].key.name).toBe('Back end');
  });

  scenario('filters, pages, and shows each organisation its own', async (scene) => {
    const { server, door } = scene;
    const { owner, by, key } = await shop(scene);
    const stranger = await shop(scene);
    for (const externalId of ['a', 'b', 'c']) await by().must('person.upsert', { externalId });
    const { id: conversationId } = await by('ext:a').must('conversation.create', { title: 'T' });
    await by('ext:a').must('conversation.update', { conversationId, title: 'U' });
    expect((await entries(owner, { action: 'person.upsert' }, door)).length).toBe(3);
    expect((await entries(owner, { conversationId }, door)).map((entry: any) => entry.action)).toEqual([
      'conversation.update',
      'conversation.create',
    ]);
    expect((await entries(owner, { actorId: 'ext:a' }, door)).length).toBe(2);
    const all = await entries(owner, {}, door);
    const first = await owner.must('audit.list', { limit: 4 }, door);
    const rest = await owner.must('audit.list', { limit: 200, cursor: first.cursor }, door);
    expect([...first.items, ...rest.items]).toEqual(all);
    expect(rest.cursor).toBeNull();
    expect(await owner.by(door, 'audit.list', { cursor: 'x' })).toMatchObject(refused('invalid_input'));
    expect((await entries(stranger.owner, {}, door)).map((entry: any) => entry.action)).toEqual(['key.create']);
    expect(await entries(stranger.owner, { keyId: key.id }, door)).toEqual([]);
    expect((await entries(by(), {}, door)).length).toBe(all.length);
    const member = await server.person('Mia', { orgId: (await owner.must('person.me')).organisations[0].id });
    expect(await member.by(door, 'audit.list')).toMatchObject(refused('forbidden'));
  });

  scenario('has no entry of what failed, nor of what people do without a key', async (scene) => {
    const { server, door } = scene;
    const { orgId, owner, by } = await shop(scene);
    const ben = await server.person('Ben', { orgId });
    const before = (await entries(owner)).length;
    expect(await by().by(door, 'conversation.update', { conversationId: newId(), title: 'T' })).toMatchObject(refused('not_found'));
    const { id } = await owner.must('conversation.create', { userId: ben.userId }, door);
    await by(owner.userId).must('conversation.create', { userId: ben.userId }, door);
    await owner.must('membership.update', { conversationId: id, pinned: true }, door);
    expect((await entries(owner)).length).toBe(before);
  });
});

/** The work after a message is done: nothing more is to come of it. */
async function stored({ app, clock }: TestServer, messageId: string): Promise<void> {
  const { store } = app.ports;
  const { audit } = store.tables;
  clock.advance(app.ports.config.messageSettleMs);
  while ((await store.read.$count(audit, eq(audit.id, messageId))) === 0) await new Promise((resolve) => setImmediate(resolve));
}
