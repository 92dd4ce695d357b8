import { defineCommand, signedIn, type Ctx } from '../../kernel/command.ts';
import { atMost, invalid } from '../../kernel/errors.ts';
import { messageView } from '../../wire/messages.ts';
import { pollCreateInput } from '../../wire/polls.ts';
import { post } from '../messages/post.ts';
import { referencesOf, wasSent } from '../messages/references.ts';
import { askedOf } from './ask.ts';

export const pollCreate = defineCommand({
  name: 'poll.create',
  summary: 'Ask with a poll',
  description:
    'A message of the type `poll`, whose `content` is the question. The same promises as `message.send`, and the same rules: who may post, slow mode, blocks. Question and options cannot be edited.',
  http: [{ method: 'post', path: '/conversations/:conversationId/polls', status: 201 }],
  input: pollCreateInput,
  output: messageView,
  limit: 'send',
  mode: 'lane',
  examples: [
    {
      summary: 'One of three',
      input: { conversationId: '{conversation}', clientId: 'c-7', question: 'When do we meet?', options: ['Friday', 'Saturday', 'Sunday'] },
    },
    {
      summary: 'In a thread',
      input: { conversationId: '{conversation}', clientId: 'c-9', threadId: '{message}', question: 'Here or there?', options: ['Here', 'There'] },
    },
    {
      summary: 'Several, and nobody sees who',
      input: {
        conversationId: '{conversation}',
        clientId: 'c-8',
        question: 'What shall we eat?',
        options: ['Soup', 'Bread'],
        multiple: true,
        anonymous: true,
      },
    },
  ],
  // The append itself checks membership, role and status, in the statement that stores the message.
  allow: signedIn,
  async run(ctx, { conversationId, ...draft }) {
    const { content, poll } = askedOf(ctx, draft);
    await checkEnd(ctx, conversationId, draft);
    const references = await referencesOf(ctx, conversationId, draft);
    const { threadId, alsoToConversation = false } = draft;
    const fingerprint = Bun.hash(JSON.stringify(threadId === undefined ? [content, poll] : [content, poll, threadId, alsoToConversation])).toString(
      36,
    );
    return post(ctx, conversationId, draft.clientId, fingerprint, {
      type: 'poll',
      content,
      metadata: {},
      poll,
      ...references,
      alsoToConversation,
      forwardedFrom: null,
    });
  },
});

/** A repeat may come after the poll has closed: the append answers it with the first message. */
async function checkEnd(ctx: Ctx, conversationId: string, { closesAt, clientId }: { closesAt?: number; clientId?: string }): Promise<void> {
  if (closesAt === undefined || (closesAt > ctx.now && closesAt - ctx.now <= ctx.config.pollOpenMaxMs)) return;
  if (await wasSent(ctx, conversationId, clientId)) return;
  if (closesAt <= ctx.now) invalid('closesAt', 'must be in the future');
  atMost('closesAt', closesAt - ctx.now, ctx.config.pollOpenMaxMs, 'milliseconds ahead');
}
