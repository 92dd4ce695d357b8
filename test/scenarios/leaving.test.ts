import { newId } from '../../src/lib/id.ts';
import { expect } from 'bun:test';
import type { Person } from '../support/person.ts';
import { scenarios, type Scene } from '../support/scenario.ts';

/** Ann manages the people of her organisation; Ben and she talk to each other, and Cem is somebody whom Ben watches. */
async function organisation({ server }: Scene) {
  const orgId = await server.organisation('Shop');
  const [ann, ben, cem] = await Promise.all([
    server.person('Ann', { orgId, role: 'owner' }),
    server.person('Ben', { orgId }),
    server.person('Cem', { orgId }),
  ]);
  const { id } = await ann.must('conversation.create', { userId: ben.userId });
  return { orgId, ann, ben, cem, conversationId: id as string };
}

/** Puts somebody into an organisation, as an invitation does. */
async function join({ server }: Scene, orgId: string, { userId }: Person): Promise<void> {
  const { store, apply, clock } = server.app.ports;
  const row = { id: newId(), organizationId: orgId, userId, role: 'member', createdAt: new Date(clock.now()) };
  await store.tx(async (db) => void (await db.insert(store.tables.member).values(row)));
  apply([{ do: 'forget', userId }]);
}

async function remove({ server, door }: Scene, orgId: string, by: Person, { userId }: Person): Promise<void> {
  await by.must('person.remove', { userId, orgId }, door);
  await server.app.jobsDone();
}

scenarios('Leaving an organisation', (scenario) => {
  scenario('ends presence and profiles both ways at once, on open sockets too; what another organisation shares goes on', async (scene) => {
    const { orgId, ann, ben, cem } = await organisation(scene);
    const elsewhere = await scene.server.organisation('Club');
    for (const person of [ben, cem]) await join(scene, elsewhere, person);
    const [hers, his, theirs] = [await ann.connect(), await ben.connect(), await cem.connect()];
    const dan = await scene.server.person('Dan', { orgId });
    await ben.must('presence.watch', { userIds: [cem.userId, dan.userId] }, 'socket');
    await cem.must('presence.watch', { userIds: [ben.userId] }, 'socket');
    for (const socket of [hers, his, theirs]) await socket.everything();

    await remove(scene, orgId, ann, ben);
    const offline = { type: 'presence.updated', data: { userId: ben.userId, status: 'offline', lastActiveAt: null } };
    await hers.event('presence.updated', (event) => Bun.deepEquals(event, offline));
    await his.event('presence.updated', (event) => event.data.userId === dan.userId && event.data.status === 'offline');
    for (const socket of [hers, his, theirs]) await socket.everything();

    for (const person of [ann, ben, cem, dan]) await person.must('person.update', { statusText: `${person.name} is busy` });
    const heard = async (socket: typeof his): Promise<unknown[]> =>
      (await socket.everything()).flatMap(({ type, data }) => (type === 'person.updated' ? [data.name] : []));
    expect([await heard(hers), await heard(his), await heard(theirs)]).toEqual([['Ann'], ['Ben', 'Cem'], ['Ben', 'Cem']]);
  });
});
