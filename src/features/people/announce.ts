import type { Ctx } from '../../kernel/command.ts';
import { topics } from '../../kernel/effects.ts';
import { viewPerson } from '../conversations/view.ts';
import type { UserRow } from './find.ts';

/** Tells how a person appears now to whoever looks at them, their peers and watchers, and to themselves: never to everybody in every group. */
export function announcePerson(ctx: Ctx, person: UserRow): void {
  const data = viewPerson(person);
  for (const topic of [topics.presence(person.id), topics.person(person.id)]) ctx.effects.publish(topic, { type: 'person.updated', data });
}
