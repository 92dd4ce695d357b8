import { defineCommand, signedIn, type Ctx } from '../../kernel/command.ts';
import { fail } from '../../kernel/errors.ts';
import { personGetInput, profile, type Contact } from '../../wire/person.ts';
import { viewPerson } from '../conversations/view.ts';
import { blocksBetween } from './blocked.ts';
import { seekVisible, type UserRow } from './find.ts';
import { presenceOf } from './presence.ts';

export const personGet = defineCommand({
  name: 'person.get',
  summary: 'Look at a person',
  description:
    'Somebody who shares an organisation with you, with their presence and what you may do. Guests see only people whom they already talk to.',
  http: [{ method: 'get', path: '/people/:userId' }],
  input: personGetInput,
  output: profile,
  limit: 'read',
  mode: 'read',
  examples: [{ summary: 'A profile', input: { userId: '{person}' } }],
  allow: signedIn,
  async run(ctx, { userId }) {
    const [person] = await seekVisible(ctx, [userId]);
    if (!person) return fail('not_found', 'There is no such person in your organisations.');
    const [contact] = await viewContacts(ctx, [person]);
    return contact ? { ...contact, timeZone: person.timeZone } : fail('not_found');
  },
});

/** People as the actor sees them, in this order. */
export async function viewContacts(ctx: Ctx, people: UserRow[]): Promise<Contact[]> {
  const presence = await presenceOf(ctx, people);
  const { byMe, ofMe } = await blocksBetween(
    ctx,
    people.map((person) => person.id),
  );
  return people.map((person, i) => {
    const other = person.id !== ctx.actor.userId;
    return {
      ...viewPerson(person),
      status: presence[i]?.status ?? 'offline',
      lastActiveAt: presence[i]?.lastActiveAt ?? null,
      blocked: byMe.has(person.id),
      capabilities: { message: other && !byMe.has(person.id) && !ofMe.has(person.id), block: other },
    };
  });
}
