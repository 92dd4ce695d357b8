import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import type { Conversation } from '../../wire/conversations.ts';
import type { Message } from '../../wire/messages.ts';
import { textOf, titleOf } from '../conversation.ts';
import { useI18n } from '../i18n/index.ts';
import { Icon } from '../parts/icon.tsx';
import { touched } from '../parts/touch.ts';
import { useChat, useClient } from '../state.ts';

type Props = { conversation: Conversation; replyTo: Message | null; onReplied(): void };

/** What is written and not yet sent, while somebody looks into another conversation. */
const drafts = new Map<string, string>();
const ROWS_MAX = 6;

export function Composer({ conversation, replyTo, onReplied }: Props) {
  const { t } = useI18n();
  if (conversation.capabilities.post) return <Writer conversation={conversation} replyTo={replyTo} onReplied={onReplied} />;
  return <p className="composer-note">{conversation.status === 'closed' ? t.chat.closed : t.chat.readOnly}</p>;
}

function Writer({ conversation, replyTo, onReplied }: Props) {
  const { t } = useI18n();
  const client = useClient();
  const { id } = conversation;
  const [text, setText] = useState(drafts.get(id) ?? '');
  const box = useRef<HTMLTextAreaElement>(null);
  const longest = useChat((state) => state.hello?.limits.messageCodePoints ?? Number.POSITIVE_INFINITY);
  const excess = text.length > longest ? Array.from(text.trim()).length - longest : 0;
  const sendable = text.trim() !== '' && excess <= 0;

  // A keyboard that slides over half of the screen is for the person to ask for.
  useEffect(() => {
    if (!touched()) box.current?.focus();
  }, []);
  useEffect(() => {
    if (replyTo) box.current?.focus();
  }, [replyTo]);

  function write(value: string): void {
    setText(value);
    if (value === '') drafts.delete(id);
    else drafts.set(id, value);
    client.setTyping(id, value.trim() !== '');
  }

  function send(): void {
    if (!sendable) return;
    client.send(id, { content: text.trim(), ...(replyTo && { replyTo }) });
    setText('');
    drafts.delete(id);
    onReplied();
    box.current?.focus();
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'Escape' && replyTo) onReplied();
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing || touched()) return;
    event.preventDefault();
    send();
  }

  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {replyTo && <Replying to={replyTo} onCancel={onReplied} />}
      <div className="composer-line">
        <textarea
          ref={box}
          value={text}
          rows={Math.min(ROWS_MAX, text.split('\n').length)}
          dir="auto"
          aria-label={t.chat.write(titleOf(t, conversation))}
          aria-invalid={excess > 0}
          placeholder={t.chat.placeholder}
          enterKeyHint={touched() ? 'enter' : 'send'}
          onChange={(event) => write(event.target.value)}
          onKeyDown={onKeyDown}
        />
        <button type="submit" className="send" aria-label={t.chat.send} title={t.chat.send} disabled={!sendable}>
          <Icon name="send" />
        </button>
      </div>
      <p role="status" className="composer-limit">
        {excess > 0 && t.chat.tooLong(excess)}
      </p>
    </form>
  );
}

function Replying({ to, onCancel }: { to: Message; onCancel(): void }) {
  const { t } = useI18n();
  const myId = useChat((state) => state.me?.id);
  return (
    <div className="replying">
      <div className="quote">
        <span className="quote-name">
          <bdi>{to.sender.id === myId ? t.chat.replyToSelf : t.chat.replyTo(to.sender.name)}</bdi>
        </span>
        <span className="quote-text">
          <bdi>{textOf(t, to, myId)}</bdi>
        </span>
      </div>
      <button type="button" className="icon-button" aria-label={t.chat.cancelReply} onClick={onCancel}>
        <Icon name="close" />
      </button>
    </div>
  );
}
