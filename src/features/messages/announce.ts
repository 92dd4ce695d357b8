import { eq } from 'drizzle-orm';
import type { Ctx } from '../../kernel/command.ts';
import type { Access } from '../conversations/access.ts';
import { lowWaterOf } from '../receipts/low-water.ts';
import { tellReaders } from './readers.ts';
import { selectMessages, viewMessage } from './view.ts';

/** Tells everybody who may read it how a message is now; its row has the `rev` of the change. */
export async function announceChange(
  ctx: Ctx,
  access: Pick<Access, 'conversation'>,
  messageId: string,
  type: 'message.updated' | 'message.deleted',
): Promise<void> {
  const conversationId = access.conversation.id;
  const [parts] = await selectMessages(ctx, eq(ctx.tables.message.id, messageId));
  if (!parts) return;
  const data = viewMessage(ctx, parts, await lowWaterOf(ctx, conversationId));
  await tellReaders(ctx, access.conversation, data.seq, { type, conversationId, rev: data.rev, data });
}
