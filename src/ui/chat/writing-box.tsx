import { useEffect, useId, useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import type { Conversation } from '../../wire/conversations.ts';
import { countdown } from '../format.ts';
import { useI18n } from '../i18n/index.ts';
import { Icon, type IconName } from '../parts/icon.tsx';
import { touched } from '../parts/touch.ts';
import { useChat } from '../state.ts';
import { markOf, toggled } from './emphasis.ts';
import { MentionList } from './mention-list.tsx';
import { completed, matching, queryAt } from './mentions.ts';
import { useMentionable, type Mentionable } from './use-mentions.ts';

type Props = {
  conversation: Conversation;
  label: string;
  placeholder: string;
  action: { label: string; icon: IconName };
  text: string;
  /** Takes the focus when it appears and whenever this changes. */
  about: string | null;
  onWrite(text: string): void;
  onChoose(person: Mentionable): void;
  onSubmit(): void;
  /** Milliseconds until it may be sent; 0 is now. */
  pause?: number;
  /** Answers whether Escape meant something here. */
  onEscape(): boolean;
  /** At the beginning of the line. */
  tools?: ReactNode;
  /** Above the line, and below it. */
  above?: ReactNode;
  below?: ReactNode;
};

const ROWS_MAX = 6;
const OFFERED_MAX = 8;

/** A line to write in that grows with the text, and offers the names of members after an @. */
export function WritingBox(props: Props) {
  const { conversation, label, placeholder, action, text, about, onWrite, onSubmit, pause = 0, onEscape, tools, above, below } = props;
  const { t } = useI18n();
  const box = useRef<HTMLTextAreaElement>(null);
  const select = useRef<{ from: number; to: number } | null>(null);
  const names = useNames(props, box, (caret) => (select.current = { from: caret, to: caret }));
  const listId = useId();
  const longest = useChat((state) => state.hello?.limits.messageCodePoints ?? Number.POSITIVE_INFINITY);
  const excess = text.length > longest ? Array.from(text.trim()).length - longest : 0;
  const sendable = text.trim() !== '' && excess <= 0 && pause === 0;
  const open = names.offered.length > 0;

  // React puts the caret at the end of a text that it sets.
  useLayoutEffect(() => {
    if (select.current === null) return;
    box.current?.setSelectionRange(select.current.from, select.current.to);
    select.current = null;
  });

  // A keyboard that slides over half of the screen is for the person to ask for.
  useEffect(() => {
    if (touched() && about === null) return;
    const { current } = box;
    current?.focus();
    current?.setSelectionRange(current.value.length, current.value.length);
  }, [about]);

  function submit(): void {
    if (!sendable) return;
    onSubmit();
    box.current?.focus();
  }

  function emphasise(mark: string): boolean {
    const { selectionStart: from = 0, selectionEnd: to = 0 } = box.current ?? {};
    const changed = toggled({ text, from, to }, mark);
    select.current = changed;
    onWrite(changed.text);
    return true;
  }

  function onKeyDown(event: KeyboardEvent): void {
    const mark = markOf(event);
    const handled = mark !== null ? emphasise(mark) : names.onKeyDown(event.key) || (event.key === 'Escape' && onEscape());
    if (handled) return event.preventDefault();
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing || touched()) return;
    event.preventDefault();
    submit();
  }

  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {above}
      <div className="composer-line">
        {open && <MentionList id={listId} people={names.offered} active={names.active} onPick={names.pick} conversation={conversation} />}
        {tools}
        <textarea
          ref={box}
          value={text}
          rows={Math.min(ROWS_MAX, text.split('\n').length)}
          dir="auto"
          aria-label={label}
          aria-invalid={excess > 0}
          placeholder={placeholder}
          aria-keyshortcuts="Control+B Control+I Control+E Meta+B Meta+I Meta+E"
          enterKeyHint={touched() ? 'enter' : 'send'}
          {...(open && {
            role: 'combobox',
            'aria-expanded': true,
            'aria-autocomplete': 'list',
            'aria-controls': listId,
            'aria-activedescendant': `${listId}-${names.active}`,
          })}
          onChange={(event) => {
            onWrite(event.target.value);
            names.look();
          }}
          onSelect={names.look}
          onBlur={names.close}
          onKeyDown={onKeyDown}
        />
        <button type="submit" className="send" aria-label={action.label} title={action.label} disabled={!sendable}>
          <Icon name={action.icon} />
        </button>
      </div>
      {below}
      <p role="status" className="composer-limit">
        {excess > 0 && t.chat.tooLong(excess)}
      </p>
      {pause > 0 && (
        <p className="composer-pause" aria-hidden="true">
          {t.chat.pause(countdown(pause))}
        </p>
      )}
      <p role="status" className="visually-hidden">
        {pause > 0 && t.chat.pause(countdown(spoken(pause)))}
      </p>
      <p role="status" className="visually-hidden">
        {open && t.mention.offered(names.offered.length)}
      </p>
    </form>
  );
}

/** In steps, so that a countdown is not read out each second. */
function spoken(ms: number): number {
  const stepMs = ms > 60_000 ? 60_000 : 10_000;
  return Math.ceil(ms / stepMs) * stepMs;
}

/** The names that fit what stands before the caret. Escape closes the list until another @ is typed. */
function useNames({ conversation, text, onWrite, onChoose }: Props, box: { current: HTMLTextAreaElement | null }, moveTo: (caret: number) => void) {
  const [caret, setCaret] = useState<number | null>(null);
  const [active, setActive] = useState(0);
  const [closedAt, setClosedAt] = useState<number | null>(null);
  const query = caret === null ? null : queryAt(text, caret);
  const wanted = query !== null && query.from !== closedAt;
  const people = useMentionable(conversation, wanted);
  const offered = wanted ? matching(people, query.text).slice(0, OFFERED_MAX) : [];
  const chosen = Math.min(active, offered.length - 1);

  function look(): void {
    const { selectionStart = null, selectionEnd = null } = box.current ?? {};
    const now = selectionStart === selectionEnd ? selectionStart : null;
    if (now === caret) return;
    setCaret(now);
    setActive(0);
    if (closedAt !== null && (now === null || now <= closedAt)) setClosedAt(null);
  }

  function pick(person: Mentionable): void {
    if (!query || caret === null) return;
    const whole = completed(text, caret, query, person.name);
    moveTo(whole.caret);
    onChoose(person);
    onWrite(whole.text);
    setCaret(null);
    box.current?.focus();
  }

  function onKeyDown(key: string): boolean {
    const person = offered[chosen];
    if (!person || !query) return false;
    if (key === 'ArrowDown') setActive((chosen + 1) % offered.length);
    else if (key === 'ArrowUp') setActive((chosen + offered.length - 1) % offered.length);
    else if (key === 'Enter' || key === 'Tab') pick(person);
    else if (key === 'Escape') setClosedAt(query.from);
    else return false;
    return true;
  }

  return { offered, active: chosen, look, pick, onKeyDown, close: () => setCaret(null) };
}
