import type { Ctx } from '../../kernel/command.ts';
import { fail, invalid } from '../../kernel/errors.ts';
import { newId } from '../../lib/id.ts';
import { seekPerson, type UserRow } from '../people/find.ts';

type NewBot = { name: string; avatarUrl: string | null };

/**
 * A bot is a person like any other, with its mark: it sees the conversations that it is a member of. It shows no receipts,
 * because one that never reads would keep the messages of everybody else from being read by all.
 */
export async function createBot(ctx: Ctx, orgId: string, { name, avatarUrl }: NewBot): Promise<UserRow> {
  const { user, member } = ctx.tables;
  const at = new Date(ctx.now);
  const id = newId();
  const [bot] = await ctx.db
    .insert(user)
    .values({ id, name, image: avatarUrl, email: `${id}@bot.invalid`, kind: 'bot', hideReceipts: true, createdAt: at, updatedAt: at })
    .returning();
  await ctx.db.insert(member).values({ id: newId(), organizationId: orgId, userId: id, role: 'member', createdAt: at });
  return bot ?? fail('internal');
}

export async function findBot(ctx: Ctx, orgId: string, ref: string): Promise<UserRow> {
  const person = await seekPerson(ctx, [orgId], ref);
  return person?.kind === 'bot' ? person : invalid('botId', 'there is no such bot in this organisation');
}
