import { useRef } from 'react';
import type { Message } from '../../wire/messages.ts';
import { useI18n } from '../i18n/index.ts';
import { ariaOf } from '../keys/table.ts';
import { Icon } from '../parts/icon.tsx';
import { useChat } from '../state.ts';
import { MessageMenu } from './message-menu.tsx';
import { usePlace } from './place.ts';
import { React } from './reactions.tsx';

/** What one can do with a message: seen where the pointer or the focus is. The Tab key finds it in the message that has the focus. */
export function Toolbar({ message, tabIndex, open, onOpen }: { message: Message; tabIndex: 0 | -1; open: boolean; onOpen(open: boolean): void }) {
  const { t } = useI18n();
  const { reply } = usePlace();
  const mayPost = useChat((state) => state.conversations.get(message.conversationId)?.capabilities.post ?? false);
  const more = useRef<HTMLButtonElement>(null);
  return (
    <span className="toolbar">
      {mayPost && <React message={message} tabIndex={tabIndex} />}
      {mayPost && (
        <button
          type="button"
          className="icon-button"
          tabIndex={tabIndex}
          aria-label={t.chat.reply}
          title={t.chat.reply}
          aria-keyshortcuts={ariaOf('reply')}
          onClick={() => reply(message)}
        >
          <Icon name="reply" />
        </button>
      )}
      <button
        ref={more}
        type="button"
        className="icon-button"
        tabIndex={tabIndex}
        aria-label={t.menu.more}
        title={t.menu.more}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => onOpen(!open)}
      >
        <Icon name="more" />
      </button>
      <MessageMenu message={message} anchor={more} open={open} onClose={() => onOpen(false)} />
    </span>
  );
}
