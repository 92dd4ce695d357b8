import { useEffect, useId, useRef, type KeyboardEvent, type ReactNode } from 'react';
import type { Conversation } from '../../wire/conversations.ts';
import { emojiQueryAt, withEmoji, type OfferedEmoji } from '../emoji/completion.ts';
import { EmojiList } from '../emoji/emoji-list.tsx';
import { rememberEmoji } from '../emoji/kept.ts';
import { usePickEmoji } from '../emoji/picking.tsx';
import { useEmojiNames } from '../emoji/use-emoji-names.ts';
import { countdown } from '../format.ts';
import { useI18n } from '../i18n/index.ts';
import { isPressed } from '../keys/table.ts';
import { Icon, type IconName } from '../parts/icon.tsx';
import { touched } from '../parts/touch.ts';
import { useChat } from '../state.ts';
import { markOf, toggled } from './emphasis.ts';
import { MentionList } from './mention-list.tsx';
import { completed, matching, queryAt } from './mentions.ts';
import { completionOf, useSelection, useTyped, type Completion, type Typed } from './use-completion.ts';
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
  /** The same for the arrow up where nothing is written. */
  onUp?(): boolean;
  /** Above the line, and below it. */
  above?: ReactNode;
  below?: ReactNode;
};

const ROWS_MAX = 6;
const OFFERED_MAX = 8;

/** A line to write in that grows with the text, and offers the names of members after an @. */
export function WritingBox(props: Props) {
  const { conversation, label, placeholder, action, text, about, onWrite, onSubmit, pause = 0, onEscape, onUp, tools, above, below } = props;
  const { t } = useI18n();
  const box = useRef<HTMLTextAreaElement>(null);
  const select = useSelection(box);
  const moveTo = (caret: number): void => select(caret, caret);
  const typedName = useTyped(text, box, queryAt);
  const typedEmoji = useTyped(text, box, emojiQueryAt);
  const names = useNames(props, typedName, moveTo);
  const emoji = useEmoji(props, typedEmoji, moveTo);
  const list = names.offered.length > 0 ? names : emoji;
  const pickEmoji = usePickEmoji();
  const emojiButton = useRef<HTMLButtonElement>(null);
  const listId = useId();
  const longest = useChat((state) => state.hello?.limits.messageCodePoints ?? Number.POSITIVE_INFINITY);
  const excess = text.length > longest ? Array.from(text.trim()).length - longest : 0;
  const sendable = text.trim() !== '' && excess <= 0 && pause === 0;
  const open = list.offered.length > 0;

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

  function look(): void {
    typedName.look();
    typedEmoji.look();
  }

  function close(): void {
    typedName.close();
    typedEmoji.close();
  }

  /** Where the caret is, or in place of what is selected. */
  function insert(chosen: string): void {
    const { current } = box;
    if (!current) return;
    const { selectionStart, selectionEnd, value } = current;
    moveTo(selectionStart + chosen.length);
    onWrite(value.slice(0, selectionStart) + chosen + value.slice(selectionEnd));
    current.focus();
  }

  function emphasise(mark: string): boolean {
    const { selectionStart: from = 0, selectionEnd: to = 0 } = box.current ?? {};
    const changed = toggled({ text, from, to }, mark);
    select(changed.from, changed.to);
    onWrite(changed.text);
    return true;
  }

  function onKeyDown(event: KeyboardEvent): void {
    const mark = markOf(event);
    const handled =
      (mark !== null && emphasise(mark)) ||
      list.onKeyDown(event.key) ||
      (event.key === 'Escape' && onEscape()) ||
      (text === '' && isPressed(event, 'editLast') && (onUp?.() ?? false));
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
        {open && list === emoji && <EmojiList id={listId} emoji={emoji.offered} active={emoji.active} onPick={emoji.pick} />}
        {open && list === names && (
          <MentionList id={listId} people={names.offered} active={names.active} onPick={names.pick} conversation={conversation} />
        )}
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
            'aria-haspopup': 'listbox',
            'aria-autocomplete': 'list',
            'aria-controls': listId,
            'aria-activedescendant': `${listId}-${list.active}`,
          })}
          onChange={(event) => {
            onWrite(event.target.value);
            look();
          }}
          onSelect={look}
          onBlur={close}
          onKeyDown={onKeyDown}
        />
        <button
          ref={emojiButton}
          type="button"
          className="icon-button emoji-button"
          aria-label={t.emoji.insert}
          title={t.emoji.insert}
          aria-haspopup="dialog"
          onClick={() => pickEmoji(emojiButton.current, insert)}
        >
          <Icon name="smile" />
        </button>
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
        {open && (list === names ? t.mention : t.emoji).offered(list.offered.length)}
      </p>
    </form>
  );
}

/** In steps, so that a countdown is not read out each second. */
function spoken(ms: number): number {
  const stepMs = ms > 60_000 ? 60_000 : 10_000;
  return Math.ceil(ms / stepMs) * stepMs;
}

/** The names that fit what stands before the caret. */
function useNames({ conversation, text, onWrite, onChoose }: Props, typed: Typed, moveTo: (caret: number) => void): Completion<Mentionable> {
  const { wanted } = typed;
  const people = useMentionable(conversation, wanted !== null);
  const offered = wanted === null ? [] : matching(people, wanted).slice(0, OFFERED_MAX);
  return completionOf(typed, offered, (person, query, caret) => {
    const whole = completed(text, caret, query, person.name);
    moveTo(whole.caret);
    onChoose(person);
    onWrite(whole.text);
  });
}

/** The same for `:names` of emoji. */
function useEmoji({ text, onWrite }: Props, typed: Typed, moveTo: (caret: number) => void): Completion<OfferedEmoji> {
  const offered = useEmojiNames(typed.wanted);
  return completionOf(typed, offered, ({ emoji }, query, caret) => {
    rememberEmoji(emoji);
    const whole = withEmoji(text, caret, query, emoji);
    moveTo(whole.caret);
    onWrite(whole.text);
  });
}
