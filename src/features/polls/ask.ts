import type { PollState } from '../../db/tables/messages.ts';
import type { Ctx } from '../../kernel/command.ts';
import { atMost, invalid } from '../../kernel/errors.ts';
import { codePoints, isBlank } from '../../lib/text.ts';
import type { PollDraft } from '../../wire/polls.ts';

/** What is asked, as it is before anybody votes. When it closes is looked at elsewhere, because the time passes between repeats. */
export function askedOf(ctx: Ctx, draft: PollDraft): { content: string; poll: PollState } {
  const content = draft.question.trim();
  if (isBlank(content)) invalid('question', 'required: a text that people can see');
  atMost('question', codePoints(content), ctx.config.pollQuestionMaxCodePoints, 'code points');
  atMost('options', draft.options.length, ctx.config.pollOptionsMax, 'options');
  const options = draft.options.map((option) => option.trim());
  options.forEach((option, i) => checkOption(ctx, options, option, i));
  const { multiple = false, anonymous = false, closesAt = null } = draft;
  return { content, poll: { options: unanswered(options, anonymous), multiple, anonymous, closesAt, closedAt: null, voters: 0 } };
}

function checkOption(ctx: Ctx, options: string[], option: string, i: number): void {
  const path = `options.${i}`;
  if (isBlank(option)) invalid(path, 'required: a text that people can see');
  atMost(path, codePoints(option), ctx.config.pollOptionMaxCodePoints, 'code points');
  if (options.indexOf(option) < i) invalid(path, 'another option says the same');
}

/** For a copy elsewhere: who voted here is nobody's business there. */
export function anew({ options, multiple, anonymous, closesAt }: PollState, now: number): PollState {
  const texts = options.map((option) => option.text);
  const end = closesAt !== null && closesAt > now ? closesAt : null;
  return { options: unanswered(texts, anonymous), multiple, anonymous, closesAt: end, closedAt: null, voters: 0 };
}

/** Options stay what they are, so their place is their id. */
function unanswered(texts: string[], anonymous: boolean): PollState['options'] {
  return texts.map((text, i) => ({ id: String(i + 1), text, votes: 0, ...(!anonymous && { userIds: [] }) }));
}
