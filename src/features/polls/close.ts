import { defineCommand } from '../../kernel/command.ts';
import { fail } from '../../kernel/errors.ts';
import { isClosed, messageCapabilities } from '../../kernel/policy.ts';
import { messageView } from '../../wire/messages.ts';
import { pollCloseInput } from '../../wire/polls.ts';
import { lockPoll, savePoll, viewPoll } from './votes.ts';

export const pollClose = defineCommand({
  name: 'poll.close',
  summary: 'Close a poll',
  description: 'Its author, and admins of a group. Nobody can vote any more, and what was voted stays. A poll that is closed already stays as it is.',
  http: [{ method: 'post', path: '/messages/:messageId/poll/close' }],
  input: pollCloseInput,
  output: messageView,
  limit: 'write',
  mode: 'write',
  examples: [{ summary: 'Close', input: { messageId: '{poll}' } }],
  async allow(ctx, { messageId }) {
    const found = await lockPoll(ctx, messageId);
    const { message, access } = found;
    const may = messageCapabilities(message, access.conversation, access.membership, ctx.actor.userId, ctx.now, ctx.config);
    if (!may.closePoll) fail('forbidden', 'Only who asked may close the poll, and admins of a group.');
    return found;
  },
  async run(ctx, _input, found) {
    if (isClosed(found.poll, ctx.now)) ctx.nothingNew();
    else await savePoll(ctx, found, { ...found.poll, closedAt: ctx.now });
    return viewPoll(ctx, found);
  },
});
