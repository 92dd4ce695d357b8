import { useId, useState, type KeyboardEvent, type ReactNode } from 'react';
import { codeOf, type PendingPoll } from '../../client/index.ts';
import { usePoll, type PollShown } from '../../client/react/index.ts';
import type { Message } from '../../wire/messages.ts';
import type { Poll as WirePoll } from '../../wire/polls.ts';
import { dateTime, percent } from '../format.ts';
import { sentenceOf, useI18n, type I18n } from '../i18n/index.ts';
import { Linkified } from '../parts/linkify.tsx';
import { useNotify } from '../parts/notice.tsx';
import { useChat } from '../state.ts';
import { Voters } from './voters.tsx';

/** The options of a poll with how they stand. A choice counts at once; as in the toolbar, the Tab key finds it in the message that has the focus. */
export function Poll({ message, tabIndex }: { message: Message; tabIndex: 0 | -1 }) {
  const poll = usePoll(message);
  const mayVote = useChat((state) => state.conversations.get(message.conversationId)?.capabilities.vote ?? false);
  const choose = useVote(poll);
  if (!poll) return null;
  return (
    <Asked
      question={message.content}
      poll={poll}
      tabIndex={tabIndex}
      onChoose={mayVote ? choose : null}
      foot={<Foot message={message} poll={poll} tabIndex={tabIndex} onTakeBack={mayVote ? () => choose([]) : null} />}
    />
  );
}

/** What was asked and is on its way: nobody can vote yet. */
export function PollOnItsWay({ question, asked }: { question: string; asked: PendingPoll }) {
  const options = asked.options.map((text, i) => ({ id: String(i + 1), text, votes: 0 }));
  return <Asked question={question} poll={{ ...asked, options, mine: [], voters: 0, closed: false }} tabIndex={-1} onChoose={null} />;
}

type AskedProps = {
  question: string;
  poll: Shown;
  tabIndex: 0 | -1;
  /** Null: this person cannot vote. */
  onChoose: ((optionIds: string[]) => void) | null;
  foot?: ReactNode;
};

function Asked({ question, poll, tabIndex, onChoose, foot }: AskedProps) {
  const i18n = useI18n();
  const questionId = useId();
  const { options, closed } = poll;
  const most = Math.max(1, ...options.map(({ votes }) => votes));

  return (
    <div className="poll">
      <p id={questionId} className="content poll-question" dir="auto">
        <Linkified text={question} plain={(piece) => piece} />
      </p>
      <p className="poll-about">{about(i18n, poll)}</p>
      <fieldset className="poll-options" aria-labelledby={questionId} onKeyDown={moveAmongOptions}>
        {options.map((option) => (
          <Option
            key={option.id}
            option={option}
            poll={poll}
            leads={closed && option.votes === most}
            name={questionId}
            tabIndex={tabIndex}
            disabled={closed || !onChoose}
            onChange={(chosen) => onChoose?.(nextChoice(poll, option.id, chosen))}
          />
        ))}
      </fieldset>
      {foot}
    </div>
  );
}

type Shown = Pick<PollShown, 'options' | 'multiple' | 'anonymous' | 'closesAt' | 'mine' | 'voters' | 'closed'>;

type OptionProps = {
  option: WirePoll['options'][number];
  poll: Shown;
  leads: boolean;
  name: string;
  tabIndex: 0 | -1;
  disabled: boolean;
  onChange(chosen: boolean): void;
};

function Option({ option: { id, text, votes }, poll: { multiple, mine, voters }, leads, name, tabIndex, disabled, onChange }: OptionProps) {
  const { t, locale } = useI18n();
  const share = voters === 0 ? 0 : votes / voters;
  return (
    <label className={leads ? 'poll-option poll-leads' : 'poll-option'}>
      <input
        type={multiple ? 'checkbox' : 'radio'}
        name={name}
        checked={mine.includes(id)}
        disabled={disabled}
        tabIndex={tabIndex}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span className="poll-text">
        <bdi>{text}</bdi>
      </span>
      <span className="poll-share">
        {percent(locale, share)}
        <span className="visually-hidden">, {t.poll.votes(votes)}</span>
      </span>
      <span className="poll-bar" aria-hidden="true">
        <span style={{ inlineSize: `${share * 100}%` }} />
      </span>
    </label>
  );
}

type FootProps = { message: Message; poll: PollShown; tabIndex: 0 | -1; onTakeBack: (() => void) | null };

function Foot({ message, poll, tabIndex, onTakeBack }: FootProps) {
  const { t } = useI18n();
  const [asking, setAsking] = useState(false);
  const { voters, mine, closed, anonymous } = poll;
  return (
    <div className="poll-foot">
      <span>{t.poll.voters(voters)}</span>
      {!anonymous && voters > 0 && (
        <button type="button" className="link-button" tabIndex={tabIndex} onClick={() => setAsking(true)}>
          {t.poll.who}
        </button>
      )}
      {!closed && mine.length > 0 && onTakeBack && (
        <button type="button" className="link-button" tabIndex={tabIndex} onClick={onTakeBack}>
          {t.poll.takeBack}
        </button>
      )}
      {asking && <Voters message={message} poll={poll} onClose={() => setAsking(false)} />}
    </div>
  );
}

/** In one line: how to choose, whether names are told, until when. */
function about({ t, locale }: I18n, { multiple, anonymous, closed, closesAt }: Shown): string {
  const how = closed ? t.poll.closed : multiple ? t.poll.several : t.poll.one;
  const end = closed || closesAt === null ? [] : [t.poll.ends(dateTime(locale, closesAt))];
  return [how, ...(anonymous ? [t.poll.anonymous] : []), ...end].join(' · ');
}

function nextChoice({ multiple, mine }: Shown, id: string, chosen: boolean): string[] {
  const others = multiple ? mine.filter((other) => other !== id) : [];
  return chosen ? [...others, id] : others;
}

function useVote(poll: PollShown | null): (optionIds: string[]) => void {
  const { t } = useI18n();
  const notify = useNotify();
  return (optionIds) =>
    void poll?.vote(optionIds).catch((error: unknown) => notify(codeOf(error) === 'conflict' ? t.poll.over : sentenceOf(t, error)));
}

/** The arrow keys would choose each radio button on the way, and a choice is a vote. So they only move, and the space bar chooses. */
function moveAmongOptions(event: KeyboardEvent<HTMLElement>): void {
  if (!event.key.startsWith('Arrow')) return;
  event.preventDefault();
  event.stopPropagation();
  const inputs = [...event.currentTarget.querySelectorAll<HTMLInputElement>('input:enabled')];
  const at = inputs.findIndex((input) => input === document.activeElement);
  const backwards = event.key === 'ArrowUp' || event.key === (getComputedStyle(event.currentTarget).direction === 'rtl' ? 'ArrowRight' : 'ArrowLeft');
  inputs.at((at + (backwards ? -1 : 1)) % inputs.length)?.focus();
}
