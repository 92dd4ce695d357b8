import { expect } from 'bun:test';
import { upTo } from '../../support/rows.ts';
import { expectRefused, type Trials } from './trial.ts';

export const members: Trials = {
  groupMembersMax: {
    says: 'a group takes that many members and no more, when it is made and later',
    config: { groupMembersMax: 3 },
    async run({ server, door }, limit) {
      const ann = await server.person('Ann');
      const others = (await Promise.all(upTo(limit).map((n) => server.person(`P${n}`)))).map((person) => person.userId);
      expectRefused(await ann.by(door, 'conversation.create', { title: 'T', memberIds: others }), 'memberIds', limit);
      const { id: conversationId } = await ann.must('conversation.create', { title: 'T', memberIds: others.slice(0, limit - 2) }, door);
      await ann.must('member.add', { conversationId, userIds: [others[limit - 2]] }, door);
      expectRefused(await ann.by(door, 'member.add', { conversationId, userIds: [others[limit - 1]] }), 'userIds', limit);
      expect(await ann.must('conversation.get', { conversationId })).toMatchObject({ memberCount: limit });
    },
  },
  membersPerRequestMax: {
    says: 'a request may name that many people and no more',
    config: { membersPerRequestMax: 2 },
    async run({ server, door }, limit) {
      const ann = await server.person('Ann');
      const ids = (await Promise.all(upTo(limit + 1).map((n) => server.person(`P${n}`)))).map((person) => person.userId);
      const { id: conversationId } = await ann.must('conversation.create', { title: 'T', memberIds: ids.slice(0, limit) }, door);
      expectRefused(await ann.by(door, 'conversation.create', { title: 'T', memberIds: ids }), 'memberIds', limit);
      await ann.must('member.add', { conversationId, userIds: ids.slice(0, limit) }, door);
      expectRefused(await ann.by(door, 'member.add', { conversationId, userIds: ids }), 'userIds', limit);
      expectRefused(await ann.by(door, 'member.add', { conversationId, userIds: ids.slice(0, limit), userId: ids[limit] }), 'userIds', limit);
      const owner = await server.person('Olga', { orgId: await server.organisation('Shop'), role: 'owner' });
      const people = ids.map((externalId) => ({ externalId }));
      await owner.must('person.upsert', { people: people.slice(0, limit) }, door);
      expectRefused(await owner.by(door, 'person.upsert', { people }), 'people', limit);
    },
  },
};
