import { expect } from 'bun:test';
import { pruneAudit } from '../../../src/features/index.ts';
import { upTo } from '../../support/rows.ts';
import { expectRefused, type Trials } from './trial.ts';

export const keys: Trials = {
  keysPerOrganisationMax: {
    says: 'an organisation has that many keys; another one only when one is revoked',
    config: { keysPerOrganisationMax: 2 },
    async run({ server, door }, limit) {
      const owner = await server.person('Olga', { orgId: await server.organisation('Shop'), role: 'owner' });
      const create = () => owner.by(door, 'key.create', { name: 'Key', scopes: ['read'] });
      const answers = await Promise.all(upTo(limit + 1).map(create));
      expect(answers.filter(({ ok }) => ok)).toHaveLength(limit);
      for (const answer of answers.filter(({ ok }) => !ok)) expectRefused(answer, 'orgId', limit);
      const [first] = (await owner.must('key.list')).items;
      await owner.must('key.revoke', { keyId: first.id });
      expect(await create()).toMatchObject({ ok: true });
    },
  },
  keyMaxAgeS: {
    says: 'a key expires, after that time at the latest',
    config: { keyMaxAgeS: 3_600 },
    async run({ server, door }, limit) {
      const owner = await server.person('Olga', { orgId: await server.organisation('Shop'), role: 'owner' });
      const create = (more: object) => owner.by(door, 'key.create', { name: 'Key', scopes: ['read'], ...more });
      const longest = server.clock.now() + limit * 1000;
      expect(await create({ expiresAt: longest })).toMatchObject({ ok: true, data: { expiresAt: longest } });
      expectRefused(await create({ expiresAt: longest + 1 }), 'expiresAt', limit);
      expectRefused(await create({}), 'expiresAt', limit);
    },
  },
  auditRetentionS: {
    says: 'an entry of the audit is there for that long, and gone the next time that old ones are looked for',
    config: { auditRetentionS: 7_200 },
    async run({ server, door }, limit) {
      const owner = await server.person('Olga', { orgId: await server.organisation('Shop'), role: 'owner' });
      const { id: orgId } = (await owner.must('person.me')).organisations[0];
      await owner.must('key.create', { name: 'Key', scopes: ['read'] }, door);
      const read = async () => (await owner.must('audit.list', { orgId })).items.length;
      server.clock.advance(limit * 1000);
      await server.app.jobsDone();
      await pruneAudit(server.app.ports);
      expect(await read()).toBe(1);
      // It is looked for every hour.
      server.clock.advance(3_600_000);
      await server.app.jobsDone();
      expect(await read()).toBe(0);
    },
  },
  rateKeyCommandsPerMinute: {
    says: 'a key makes that many calls, whoever it acts as; people, other keys and its people themselves are not disturbed',
    config: { rateKeyCommandsPerMinute: 4 },
    async run({ server, door }, limit) {
      const owner = await server.person('Olga', { orgId: await server.organisation('Shop'), role: 'owner' });
      const [first, second] = await Promise.all(upTo(2).map(() => owner.must('key.create', { name: 'Key', scopes: ['read', 'people:act-as'] })));
      const holders = [server.holder(first.secret), server.holder(first.secret, owner.userId)];
      for (const n of upTo(limit)) await holders[n % 2]?.must('person.me', {}, door);
      for (const holder of holders) expect(await holder.by(door, 'person.me')).toMatchObject({ ok: false, error: { code: 'rate_limited' } });
      await owner.must('person.me', {}, door);
      await server.holder(second.secret, owner.userId).must('person.me', {}, door);
    },
  },
};
