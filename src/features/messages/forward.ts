import { defineCommand, type Ctx } from '../../kernel/command.ts';
import { fail } from '../../kernel/errors.ts';
import { eq } from 'drizzle-orm';
import { messageForwardInput, messageView, type Message } from '../../wire/messages.ts';
import { findAccess } from '../conversations/access.ts';
import { post } from './post.ts';
import { anew } from '../polls/ask.ts';
import { findMessage } from './read.ts';
import { selectMessages, viewSender } from './view.ts';

export const messageForward = defineCommand({
  name: 'message.forward',
  summary: 'Forward a message',
  description:
    'A copy in another conversation of the same organisation, which names who wrote the original and when. It cannot be edited, and what becomes of the original changes nothing in it. A poll is asked anew: no votes go with it, and its end only where that is still to come. The same promises as `message.send`.',
  http: [{ method: 'post', path: '/messages/:messageId/forward', status: 201 }],
  input: messageForwardInput,
  output: messageView,
  limit: 'send',
  mode: 'lane',
  examples: [{ summary: 'To a group', input: { messageId: '{message}', conversationId: '{group}', clientId: 'c-6' } }],
  allow: (ctx, { messageId }) => findMessage(ctx, messageId),
  async run(ctx, { messageId, conversationId, clientId }, { message, access }) {
    if (message.deletedAt !== null || message.type === 'system') fail('forbidden', 'Deleted messages and system messages cannot be forwarded.');
    const target = await findAccess(ctx, conversationId);
    if (target.conversation.orgId !== access.conversation.orgId) fail('forbidden', 'Messages are not forwarded to another organisation.');
    const { type, content } = message;
    const metadata = message.metadata as Message['metadata'];
    const forwardedFrom = message.forwardedFrom ?? (await originOf(ctx, messageId));
    const poll = message.poll && { poll: anew(message.poll, ctx.now) };
    const copy = { type, content, metadata, replyTo: null, thread: null, alsoToConversation: false, mentions: [], forwardedFrom, ...poll };
    // The copy may be repeated after the original changed, so the original's id is what tells a repeat.
    return post(ctx, conversationId, clientId, `forward ${messageId}`, copy);
  },
});

/** A forwarded message names where it comes from first, not the stations between. */
async function originOf(ctx: Ctx, messageId: string): Promise<NonNullable<Message['forwardedFrom']>> {
  const [parts] = await selectMessages(ctx, eq(ctx.tables.message.id, messageId));
  if (!parts) return fail('not_found');
  const { id, name } = viewSender(parts.sender, parts.message.senderId);
  return { messageId, sender: { id, name }, createdAt: parts.message.createdAt };
}
