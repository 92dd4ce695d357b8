import { useCallback, useMemo, useState, type KeyboardEvent } from 'react';
import type { Timeline as TimelineState } from '../../client/index.ts';
import type { Conversation } from '../../wire/conversations.ts';
import type { Message } from '../../wire/messages.ts';
import { textOf, titleOf } from '../conversation.ts';
import { dayName } from '../format.ts';
import { useI18n } from '../i18n/index.ts';
import { Icon } from '../parts/icon.tsx';
import { useChat, useClient, useNow } from '../state.ts';
import { moveFocus, scrollToMessage } from './focus.ts';
import { MessageItem } from './message.tsx';
import { layout, type Row } from './rows.ts';
import { useReading, useUnreadFrom } from './use-reading.ts';
import { useScroll } from './use-scroll.ts';

type Props = { conversation: Conversation; timeline: TimelineState; onReply(message: Message): void };

const noPending: never[] = [];

/** The messages of a conversation in a scroller that opens at the end, stays there, and loads older ones on the way up. */
export function Timeline({ conversation, timeline, onReply }: Props) {
  const { t } = useI18n();
  const { id } = conversation;
  const myId = useChat((state) => state.me?.id);
  const pending = useChat((state) => state.outbox.get(id) ?? noPending);
  const readSeq = useUnreadFrom(conversation);
  const { messages } = timeline;
  const rows = useMemo(() => layout({ messages, pending, myId, readSeq }), [messages, pending, myId, readSeq]);
  const older = useOlder(id);
  const now = useNow(60_000);
  const { scroller, atEnd, toEnd } = useScroll(rows, messages[0]?.seq, timeline.hasOlder ? older.load : null);
  useReading(scroller, conversation);
  const onQuote = useCallback((seq: number) => scrollToMessage(scroller.current, seq), [scroller]);

  function onKeyDown(event: KeyboardEvent): void {
    if (event.target instanceof HTMLElement && event.key === 'Enter' && event.target.dataset['seq']) {
      const seq = Number(event.target.dataset['seq']);
      const message = messages.find((candidate) => candidate.seq === seq && candidate.deletedAt === null && candidate.type !== 'system');
      if (message) onReply(message);
    } else if (moveFocus(scroller.current, event.key)) event.preventDefault();
  }

  return (
    <div className="timeline">
      {/* The scroller takes the focus, so that the messages can be reached and scrolled by keyboard. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div ref={scroller} className="scroller" tabIndex={0} role="group" aria-label={t.chat.messages} onKeyDown={onKeyDown}>
        <Beginning conversation={conversation} timeline={timeline} older={older} />
        <ol className="messages">
          {rows.map((row) => (
            <RowItem key={row.key} row={row} now={now} withNames={conversation.kind !== 'direct'} onReply={onReply} onQuote={onQuote} />
          ))}
        </ol>
      </div>
      {!atEnd && <ToEnd unread={conversation.membership.unread} onClick={toEnd} />}
    </div>
  );
}

type RowProps = { row: Row; now: number; withNames: boolean; onReply(message: Message): void; onQuote(seq: number): void };

function RowItem({ row, now, ...rest }: RowProps) {
  const { t, locale } = useI18n();
  const myId = useChat((state) => state.me?.id);
  switch (row.kind) {
    case 'day':
      return (
        <li className="day">
          <span>{dayName(locale, row.at, now)}</span>
        </li>
      );
    case 'unread':
      return (
        <li className="unread-line">
          <span>{t.chat.unread}</span>
        </li>
      );
    case 'system':
      return (
        <li className="system" data-seq={row.message.seq}>
          <bdi>{textOf(t, row.message, myId)}</bdi>
        </li>
      );
    case 'bubble':
      return <MessageItem bubble={row} {...rest} />;
  }
}

type Older = { state: 'idle' | 'loading' | 'failed'; load(): void };

function useOlder(conversationId: string): Older {
  const client = useClient();
  const [state, setState] = useState<Older['state']>('idle');
  const load = useCallback(() => {
    setState('loading');
    client.loadOlder(conversationId).then(
      () => setState('idle'),
      () => setState('failed'),
    );
  }, [client, conversationId]);
  return { state, load };
}

function Beginning({ conversation, timeline, older }: { conversation: Conversation; timeline: TimelineState; older: Older }) {
  const { t } = useI18n();
  if (older.state === 'failed') {
    return (
      <p className="beginning" role="alert">
        {t.chat.failedToLoad}{' '}
        <button type="button" className="link-button" onClick={older.load}>
          {t.chat.retry}
        </button>
      </p>
    );
  }
  if (timeline.hasOlder) return <p className="beginning">{older.state === 'loading' && t.chat.loadingOlder}</p>;
  if (timeline.messages.length > 0) return <p className="beginning">{t.chat.beginning}</p>;
  return (
    <div className="blank">
      <p>{conversation.kind === 'direct' ? t.chat.emptyDirect(titleOf(t, conversation)) : t.chat.emptyGroup}</p>
    </div>
  );
}

function ToEnd({ unread, onClick }: { unread: number; onClick(): void }) {
  const { t } = useI18n();
  return (
    <button type="button" className="to-end" aria-label={unread > 0 ? undefined : t.chat.toEnd} onClick={onClick}>
      {unread > 0 && <span>{t.chat.newMessages(unread)}</span>}
      <Icon name="down" />
    </button>
  );
}
