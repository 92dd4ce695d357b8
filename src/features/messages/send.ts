import { defineCommand, signedIn, type Ctx } from '../../kernel/command.ts';
import { messageSendDirectInput, messageSendInput, messageView, type MessageDraft, type MessageView } from '../../wire/messages.ts';
import { findOrCreateDirect } from '../conversations/direct.ts';
import { contentOf } from './content.ts';
import { fingerprintOf, post } from './post.ts';
import { referencesOf, refersToNothing } from './references.ts';

export const messageSend = defineCommand({
  name: 'message.send',
  summary: 'Send a message',
  description:
    'Answered once it is on disk. Name each message with `clientId`: a repeat gets the first answer, whenever and through whichever door it comes, and nobody sees the message twice. Over HTTP the `Idempotency-Key` header serves where the body has no `clientId`.',
  http: [{ method: 'post', path: '/conversations/:conversationId/messages', status: 201 }],
  input: messageSendInput,
  output: messageView,
  limit: 'send',
  mode: 'lane',
  examples: [
    { summary: 'A text', input: { conversationId: '{conversation}', clientId: 'c-1', content: 'Hello!' } },
    {
      summary: 'Somebody mentioned',
      input: { conversationId: '{conversation}', clientId: 'c-4', content: 'Are you there, @Ben?', mentions: ['{person}'] },
    },
    { summary: 'In a thread', input: { conversationId: '{conversation}', clientId: 'c-5', content: 'Here is more', threadId: '{message}' } },
    {
      summary: 'A place',
      input: {
        conversationId: '{conversation}',
        clientId: 'c-2',
        type: 'location',
        location: { latitude: 52.52, longitude: 13.405, label: 'Berlin' },
      },
    },
  ],
  // What a message refers to is read first, so it could be overtaken; other sends enter the lane in order.
  pipelined: (input) => refersToNothing(input),
  // The append itself checks membership, role and status, in the statement that stores the message.
  allow: signedIn,
  run: (ctx, input) => send(ctx, input.conversationId, input),
});

export const messageSendDirect = defineCommand({
  name: 'message.sendDirect',
  summary: 'Send a message to a person',
  description: 'Finds or creates the direct conversation. The same promises as `message.send`.',
  http: [{ method: 'post', path: '/send', status: 201 }],
  input: messageSendDirectInput,
  output: messageView,
  limit: 'send',
  mode: 'lane',
  examples: [{ summary: 'A text', input: { receiverId: '{person}', clientId: 'c-3', content: 'Are you there?' } }],
  allow: signedIn,
  async run(ctx, { receiverId, orgId, ...draft }) {
    contentOf(ctx, draft);
    const { conversation } = await ctx.write(async (inner) => {
      const found = await findOrCreateDirect(inner, receiverId, orgId, 'receiverId');
      if (!found.created) inner.nothingNew();
      return found;
    });
    return send(ctx, conversation.id, draft);
  },
});

async function send(ctx: Ctx, conversationId: string, draft: MessageDraft): Promise<MessageView> {
  const content = contentOf(ctx, draft);
  const references = await referencesOf(ctx, conversationId, draft);
  const alsoToConversation = draft.alsoToConversation ?? false;
  const fingerprint = fingerprintOf(content, draft);
  return post(ctx, conversationId, draft.clientId, fingerprint, { ...content, ...references, alsoToConversation, forwardedFrom: null });
}
