import type { Ctx } from '../../kernel/command.ts';
import { fail } from '../../kernel/errors.ts';
import { messageCapabilities } from '../../kernel/policy.ts';
import { lockConversation, type Access } from '../conversations/access.ts';
import { findMessage } from './read.ts';
import type { MessageRow } from './view.ts';

type Found = { message: MessageRow; access: Access };

/** For `allow` of commands that change a message: found and locked, and the policy lets the actor do it. */
export async function lockMessage(ctx: Ctx, messageId: string, what: 'edit' | 'delete' | 'react'): Promise<Found> {
  const found = await lockReadable(ctx, messageId);
  const { message, access } = found;
  // Deleting twice changes nothing, so it is no error either.
  if (what === 'delete' && message.deletedAt !== null) return found;
  const may = messageCapabilities(message, access.conversation, access.membership, ctx.actor.userId, ctx.now, ctx.config);
  if (!may[what]) fail('forbidden', refusal(ctx, message, what));
  return found;
}

/** Found and locked, for whoever may read it: the conversation against other changes, the message against its consequences that are being worked on. */
export async function lockReadable(ctx: Ctx, messageId: string, evenHidden = false): Promise<Found> {
  const seen = await findMessage(ctx, messageId, { evenHidden });
  await lockConversation(ctx, seen.access.conversation.id);
  ctx.about({ targetIds: [messageId] });
  return findMessage(ctx, messageId, { evenHidden, locked: true });
}

function refusal(ctx: Ctx, message: MessageRow, what: 'edit' | 'delete' | 'react'): string {
  if (message.type === 'system') return 'System messages stay as they are.';
  if (message.deletedAt !== null) return 'The message was deleted.';
  if (what === 'react') return 'You may not post here, so you cannot react either.';
  if (message.senderId !== ctx.actor.userId) return `Only the author may ${what} this message.`;
  if (what === 'edit' && message.type !== 'text') return 'Only texts can be edited.';
  if (what === 'edit' && message.forwardedFrom !== null) return 'A forwarded message stays as it is.';
  return `The time to ${what} this message is over, or you may not post here any more.`;
}
