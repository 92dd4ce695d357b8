import { z } from 'zod';
import { clientId, conversationIn, flag, id, text, time } from './common.ts';

export const pollOption = z
  .object({
    id: z.string(),
    text: z.string(),
    votes: z.number().int(),
    userIds: z
      .array(z.string())
      .optional()
      .describe('Who chose it, those who did first: at most POLL_VOTERS_NAMED_MAX, while `votes` counts all. Absent where the poll is anonymous.'),
  })
  .meta({ id: 'PollOption' });

export const poll = z
  .object({
    options: z.array(pollOption),
    multiple: flag.describe('A person may choose several options.'),
    anonymous: flag.describe('Nobody is told who chose what.'),
    closesAt: time.nullable().describe('From then on nobody can vote.'),
    closedAt: time.nullable().describe('When somebody closed it, whatever `closesAt` says.'),
    voters: z.number().int().describe('How many people have voted.'),
    mine: z
      .array(z.string())
      .optional()
      .describe('The options that you chose, in answers about messages. Events are the same for everybody and do not tell it; `poll.voted` does.'),
  })
  .meta({ id: 'Poll', description: 'What a message of the type `poll` asks, and what was answered. The question is its `content`.' });
export type Poll = z.infer<typeof poll>;

export const pollCreateInput = z.object({
  ...conversationIn,
  clientId: clientId.optional(),
  question: text,
  options: z.array(text).min(2).describe('What can be chosen: two at least, each another text.'),
  multiple: flag.optional().describe('A person may choose several options. By default one.'),
  anonymous: flag.optional().describe('Nobody is told who chose what. By default everybody sees it.'),
  threadId: id.optional().describe('The message that the poll hangs under, instead of standing in the conversation.'),
  alsoToConversation: flag.optional().describe('With `threadId`: it stands in the conversation as well.'),
  closesAt: time.optional().describe('When the voting ends, epoch milliseconds. By default when somebody closes it.'),
});
export type PollDraft = Omit<z.input<typeof pollCreateInput>, 'conversationId'>;

export const pollVoteInput = z.object({
  messageId: id,
  optionIds: z.array(text).describe('What you choose now, in place of what you chose before. Empty: you take your vote back.'),
});
export const pollCloseInput = z.object({ messageId: id });

/** What `poll.voted` carries. */
export const pollVoted = z.object({ messageId: id, optionIds: z.array(z.string()) });
