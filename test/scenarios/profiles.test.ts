import { expect } from 'bun:test';
import { scenarios } from '../support/scenario.ts';

scenarios(
  'Profiles',
  (scenario) => {
    scenario('a profile has a status text and a time zone; whoever shares the organisation sees them', async ({ server, door }) => {
      const [ann, ben] = await Promise.all([server.person('Ann'), server.person('Ben')]);
      const set = { statusText: '  On my way ', timeZone: 'europe/lisbon', avatarUrl: 'https://pictures.test/a.png' };
      const shown = { statusText: 'On my way', timeZone: 'Europe/Lisbon', avatarUrl: 'https://pictures.test/a.png' };
      expect(await ann.must('person.update', set, door)).toMatchObject(shown);
      expect(await ann.must('person.me', {}, door)).toMatchObject(shown);
      expect(await ben.must('person.get', { userId: ann.userId }, door)).toEqual({
        id: ann.userId,
        externalId: null,
        name: 'Ann',
        kind: 'user',
        ...shown,
        status: door === 'socket' ? 'online' : 'offline',
        lastActiveAt: door === 'socket' ? server.clock.now() : null,
        blocked: false,
        capabilities: { message: true, block: true },
      });
      expect(await ann.must('person.get', { userId: ann.userId }, door)).toMatchObject({ capabilities: { message: false, block: false } });
      await ann.must('person.update', { statusText: null, timeZone: null }, door);
      expect(await ben.must('person.get', { userId: ann.userId }, door)).toMatchObject({ statusText: null, timeZone: null });
    });

    scenario('who looks at a person hears of another name, picture or status once; who does not look hears nothing', async ({ server, door }) => {
      const [ann, ben, cem, dan] = await Promise.all(['Ann', 'Ben', 'Cem', 'Dan'].map((name) => server.person(name)));
      if (!ann || !ben || !cem || !dan) throw new Error('nobody');
      await ann.must('conversation.create', { userId: ben.userId });
      await ann.must('conversation.create', { title: 'Team', memberIds: [ben.userId, dan.userId] });
      await cem.must('presence.watch', { userIds: [ann.userId] }, 'socket');
      const sockets = [await ann.connect(), await ben.connect(), await dan.connect()];
      await ann.must('person.update', { name: 'Anna', statusText: 'Here' }, door);
      await ann.must('person.update', { name: 'Anna', statusText: 'Here' }, door);
      await ann.must('person.update', { timeZone: 'UTC', preferences: { hideReceipts: true } }, door);
      const data = { id: ann.userId, externalId: null, name: 'Anna', avatarUrl: null, kind: 'user', statusText: 'Here' };
      const told = [{ type: 'person.updated', data }];
      const own = { type: 'me.updated', data: { timeZone: 'UTC', preferences: { hidePresence: false, hideReceipts: true } } };
      expect(await Promise.all([...sockets, cem.socket].map((socket) => socket?.news()))).toEqual([[...told, own], told, [], told]);
    });

    scenario('what one sets for oneself reaches all one’s devices at once, and nobody else', async ({ server, door }) => {
      const [ann, ben] = await Promise.all([server.person('Ann'), server.person('Ben')]);
      await ann.must('conversation.create', { userId: ben.userId });
      const [his, phone, desk] = [await ben.connect(), await ann.connect(), await ann.connect()];
      for (let again = 0; again < 2; again++) {
        await ann.must('person.update', { timeZone: 'UTC', preferences: { hideReceipts: true } }, door);
        await ann.must('preference.update', { kinds: { reaction: { push: true } }, quietHours: { from: '22:00', until: '07:00' } }, door);
      }
      const kinds = (await ann.must('preference.get', {}, door)).kinds;
      expect(kinds.reaction).toEqual({ centre: false, push: true });
      const told = [
        { type: 'me.updated', data: { timeZone: 'UTC', preferences: { hidePresence: false, hideReceipts: true } } },
        { type: 'preference.updated', data: { kinds, quietHours: { from: '22:00', until: '07:00' } } },
      ];
      expect(await Promise.all([phone, desk, his].map((socket) => socket.news()))).toEqual([told, told, []]);
      await phone.close();
    });

    scenario('who was away finds the new name of a peer in conversations that did not change otherwise', async ({ server, door }) => {
      const [ann, ben] = await Promise.all([server.person('Ann'), server.person('Ben')]);
      const { id, rev } = await ann.must('conversation.create', { userId: ben.userId });
      await ann.must('person.update', { name: 'Anna', statusText: 'New here' });
      const back = await ben.must('sync', { conversations: { [id]: rev } }, door);
      expect(back.conversations).toEqual([]);
      expect(back.marks[id].peer).toMatchObject({ id: ann.userId, name: 'Anna', statusText: 'New here' });
    });

    scenario('a status text of only white space is none; too long ones and invented time zones are refused', async ({ server, door }) => {
      const ann = await server.person('Ann');
      const update = (input: Record<string, unknown>) => ann.by(door, 'person.update', input);
      expect(await update({ statusText: '🏖️'.repeat(5) })).toMatchObject({ ok: true });
      expect(await update({ statusText: 'x'.repeat(11) })).toMatchObject({
        ok: false,
        error: { code: 'invalid_input', details: [{ path: 'statusText', limit: 10 }] },
      });
      expect(await update({ statusText: '\u200b ' })).toMatchObject({ ok: true, data: { statusText: null } });
      for (const timeZone of ['Europe/Nowhere', '+01:00', '', 'x']) {
        expect([timeZone, await update({ timeZone })]).toMatchObject([timeZone, { ok: false, error: { details: [{ path: 'timeZone' }] } }]);
      }
    });

    scenario('strangers are not found, and a guest finds only those whom they talk to', async ({ server, door }) => {
      const [ann, ben, guest] = await Promise.all([server.person('Ann'), server.person('Ben'), server.person('Guest', { kind: 'guest' })]);
      const eve = await server.person('Eve', { orgId: await server.organisation('Elsewhere') });
      await ann.must('conversation.create', { userId: guest.userId });
      const get = (who: typeof ann, whom: typeof ann) => who.by(door, 'person.get', { userId: whom.userId });
      expect(await get(eve, ann)).toMatchObject({ ok: false, error: { code: 'not_found' } });
      expect(await get(guest, ben)).toMatchObject({ ok: false, error: { code: 'not_found' } });
      expect(await get(guest, ann)).toMatchObject({ ok: true, data: { name: 'Ann' } });
      expect(await get(ben, guest)).toMatchObject({ ok: true, data: { kind: 'guest' } });
    });

    scenario('the directory shows status texts and can be asked for one kind', async ({ server, door }) => {
      const orgId = await server.organisation('Small');
      const [ann, ben] = await Promise.all([server.person('Ann', { orgId }), server.person('Ben', { orgId })]);
      await server.person('Gus', { orgId, kind: 'guest' });
      await ben.must('person.update', { statusText: 'Busy' });
      await ben.connect();
      expect((await ann.must('contact.list', { kind: 'user' }, door)).items).toMatchObject([{ name: 'Ben', statusText: 'Busy', status: 'online' }]);
      expect((await ann.must('contact.list', { kind: 'guest' }, door)).items).toMatchObject([{ name: 'Gus', statusText: null }]);
    });
  },
  { statusTextMaxCodePoints: 10 },
);
