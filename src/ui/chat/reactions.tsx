import { useRef, useState } from 'react';
import type { Message } from '../../wire/messages.ts';
import { usePickEmoji } from '../emoji/picking.tsx';
import { useI18n } from '../i18n/index.ts';
import { ariaOf } from '../keys/table.ts';
import { Icon } from '../parts/icon.tsx';
import { Menu } from '../parts/menu.tsx';
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

/** A handful of emoji to react with, in a menu of their own. */
export function React({ message, tabIndex }: { message: Message; tabIndex: 0 | -1 }) {
  const { t } = useI18n();
  const client = useClient();
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const close = (): void => setOpen(false);
  const pickEmoji = usePickEmoji();

  function react(emoji: string): void {
    close();
    void client.react(message, emoji).catch(() => undefined);
  }

  return (
    <>
      <button
        ref={button}
        type="button"
        className="icon-button"
        tabIndex={tabIndex}
        aria-label={t.chat.react}
        title={t.chat.react}
        aria-keyshortcuts={ariaOf('react')}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <Icon name="smile" />
      </button>
      {open && (
        <Menu label={t.chat.react} anchor={button} onClose={close}>
          <EmojiItems
            onPick={react}
            onMore={() => {
              close();
              pickEmoji(button.current, react);
            }}
          />
        </Menu>
      )}
    </>
  );
}

/** The usual ones, and the way to all others. */
export function EmojiItems({ onPick, onMore }: { onPick(emoji: string): void; onMore(): void }) {
  const { t } = useI18n();
  return (
    <div className="menu-emoji" role="group" aria-label={t.chat.react}>
      {QUICK.map((emoji) => (
        <button key={emoji} type="button" role="menuitem" tabIndex={-1} className="react-emoji" onClick={() => onPick(emoji)}>
          {emoji}
        </button>
      ))}
      <button
        type="button"
        role="menuitem"
        tabIndex={-1}
        className="react-emoji react-more"
        aria-label={t.emoji.more}
        title={t.emoji.more}
        onClick={onMore}
      >
        <Icon name="plus" />
      </button>
    </div>
  );
}
