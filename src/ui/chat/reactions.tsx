import { useState, type KeyboardEvent } from 'react';
import type { Message } from '../../wire/messages.ts';
import { useI18n } from '../i18n/index.ts';
import { Icon } from '../parts/icon.tsx';
import { useChat, useClient } from '../state.ts';

const QUICK = ['👍', '❤️', '😂', '🎉', '😮', '🙏'];

/** Who reacted with what; a press joins in, another takes it back. */
export function Reactions({ message }: { message: Message }) {
  const { t } = useI18n();
  const client = useClient();
  const myId = useChat((state) => state.me?.id) ?? '';
  if (message.reactions.length === 0) return null;
  return (
    <span className="reactions" role="group" aria-label={t.chat.reactions}>
      {message.reactions.map(({ emoji, userIds }) => (
        <button
          key={emoji}
          type="button"
          className="reaction"
          tabIndex={-1}
          aria-pressed={userIds.includes(myId)}
          aria-label={t.chat.reactedWith(emoji, userIds.length)}
          onClick={() => void client.react(message, emoji).catch(() => undefined)}
        >
          <span aria-hidden="true">{emoji}</span> {userIds.length}
        </button>
      ))}
    </span>
  );
}

/** A handful of emoji beside the message. */
export function React({ message }: { message: Message }) {
  const { t } = useI18n();
  const client = useClient();
  const [open, setOpen] = useState(false);
  const closeOnEscape = (event: KeyboardEvent<HTMLButtonElement>): void => {
    if (event.key === 'Escape') setOpen(false);
  };
  const react = (emoji: string): void => {
    setOpen(false);
    void client.react(message, emoji).catch(() => undefined);
  };
  return (
    <span className="react">
      <button
        type="button"
        className="icon-button message-action"
        tabIndex={-1}
        aria-label={t.chat.react}
        title={t.chat.react}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        onKeyDown={closeOnEscape}
      >
        <Icon name="smile" />
      </button>
      {open && (
        <span className="react-choice" role="group" aria-label={t.chat.react}>
          {QUICK.map((emoji) => (
            <button key={emoji} type="button" className="react-emoji" onClick={() => react(emoji)} onKeyDown={closeOnEscape} aria-label={emoji}>
              {emoji}
            </button>
          ))}
        </span>
      )}
    </span>
  );
}
