import { useCallback, useImperativeHandle, useMemo, useState, type KeyboardEvent, type ReactNode, type Ref } from 'react';
import type { PendingMessage, Timeline } from '../../client/index.ts';
import type { Message } from '../../wire/messages.ts';
import { textOf } from '../conversation.ts';
import { dayName } from '../format.ts';
import { useI18n } from '../i18n/index.ts';
import { Failure } from '../parts/failure.tsx';
import { Icon } from '../parts/icon.tsx';
import { useChat, useNow } from '../state.ts';
import { MessageItem } from './message.tsx';
import { usePlace } from './place.ts';
import { layout, type Row } from './rows.ts';
import { useFocus, useKept, type Focus } from './use-focus.ts';
import { useReading, type Seen } from './use-reading.ts';
import { useScroll } from './use-scroll.ts';

type Props = {
  label: string;
  timeline: Timeline;
  pending: readonly PendingMessage[];
  /** The divider of new messages stands after this one. Null: no divider. */
  readSeq: number | null;
  /** So many new ones are further down. */
  unread: number;
  withNames: boolean;
  loadOlder(): Promise<void>;
  /** Where the newest are not here. */
  past?: { loadNewer(): Promise<void>; leave(): void } | null;
  onSeen: Seen | null;
  /** Above everything. */
  top?: ReactNode;
  /** Above the first message, once there is nothing older. */
  beginning: ReactNode;
  /** A message in `top` that can be answered as well. */
  root?: Message;
  /** Brings messages to the screen, for those who stand outside. */
  handle: Ref<Pick<Focus, 'show'>>;
};

/** Messages in a scroller that opens at the end, stays there, and loads older ones on the way up. However many there are, few are in the page. */
export function MessageScroller(props: Props) {
  const { label, timeline, pending, readSeq, unread, withNames, past = null, onSeen, top, beginning, root, handle } = props;
  const { reply } = usePlace();
  const myId = useChat((state) => state.me?.id);
  const { messages, hasOlder } = timeline;
  // The first day stands above the list: older messages of the same day come in below its name, so it is no place to hold on to.
  const { day, rows } = useMemo(() => {
    const [day, ...rows] = layout({ messages, pending, myId, readSeq });
    return { day, rows };
  }, [messages, pending, myId, readSeq]);
  const older = useOlder(props.loadOlder);
  const newer = useCallback(() => {
    // What could not be loaded is asked for with the next step.
    past?.loadNewer().catch(() => {});
  }, [past]);
  const now = useNow(60_000);
  const { kept, keep, onFocus, onBlur } = useKept();
  const scroll = useScroll({ rows, kept, loadOlder: hasOlder ? older.load : null, loadNewer: past && newer });
  const { scroller, list, atEnd, toEnd, toRow, shown, heightPx, measure } = scroll;
  const { move, show } = useFocus({ rows, scroller, toRow }, keep);
  useImperativeHandle(handle, () => ({ show }));
  useReading(scroller, messages.at(-1)?.seq ?? root?.seq, onSeen);

  function onKeyDown(event: KeyboardEvent): void {
    if (event.target instanceof HTMLElement && event.key === 'Enter' && event.target.dataset['seq']) {
      const seq = Number(event.target.dataset['seq']);
      const message = [...messages, ...(root ? [root] : [])].find((candidate) => candidate.seq === seq);
      if (message && message.deletedAt === null && message.type !== 'system') reply(message);
    } else if (move(event.key)) event.preventDefault();
  }

  return (
    <div className="timeline">
      {/* The scroller takes the focus, so that the messages can be reached and scrolled by keyboard. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div ref={scroller} className="scroller" tabIndex={0} role="group" aria-label={label} onKeyDown={onKeyDown} onFocus={onFocus} onBlur={onBlur}>
        {top}
        <Beginning hasOlder={hasOlder} older={older}>
          {beginning}
        </Beginning>
        <div className="messages">
          {day && <RowItem row={day} now={now} withNames={withNames} />}
          <ol ref={list} className="rows" style={{ blockSize: heightPx }}>
            {shown.map(({ row, index, top: insetBlockStart }) => (
              <li
                key={row.key}
                ref={measure}
                className="timeline-row"
                data-index={index}
                data-key={row.key}
                aria-posinset={index + 1}
                aria-setsize={hasOlder || past ? -1 : rows.length}
                style={{ insetBlockStart }}
              >
                <RowItem row={row} now={now} withNames={withNames} />
              </li>
            ))}
          </ol>
        </div>
      </div>
      {(!atEnd || past) && <ToEnd unread={unread} onClick={past ? past.leave : toEnd} />}
    </div>
  );
}

function RowItem({ row, now, withNames }: { row: Row; now: number; withNames: boolean }) {
  const { t, locale } = useI18n();
  const myId = useChat((state) => state.me?.id);
  switch (row.kind) {
    case 'day':
      return (
        <div className="day">
          <span>{dayName(locale, row.at, now)}</span>
        </div>
      );
    case 'unread':
      return (
        <div className="unread-line">
          <span>{t.chat.unread}</span>
        </div>
      );
    case 'system':
      return (
        <div className="system" data-seq={row.message.seq}>
          <bdi>{textOf(t, row.message, myId)}</bdi>
        </div>
      );
    case 'bubble':
      return <MessageItem bubble={row} withNames={withNames} />;
  }
}

type Older = { state: 'idle' | 'loading' | 'failed'; load(): void };

function useOlder(loadOlder: () => Promise<void>): Older {
  const [state, setState] = useState<Older['state']>('idle');
  const load = useCallback(() => {
    setState('loading');
    loadOlder().then(
      () => setState('idle'),
      () => setState('failed'),
    );
  }, [loadOlder]);
  return { state, load };
}

function Beginning({ hasOlder, older, children }: { hasOlder: boolean; older: Older; children: ReactNode }) {
  const { t } = useI18n();
  if (older.state === 'failed') return <Failure className="beginning" sentence={t.chat.failedToLoad} onRetry={older.load} />;
  if (hasOlder) return <p className="beginning">{older.state === 'loading' && t.chat.loadingOlder}</p>;
  return children;
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
