import { useCallback, useEffect, useMemo, useRef, useState, type RefObject } from 'react';
import type { OpenThread, Timeline } from '../../client/index.ts';
import { Announcer } from '../chat/announcer.tsx';
import { Composer } from '../chat/composer.tsx';
import { MessageItem } from '../chat/message.tsx';
import { MessageScroller } from '../chat/message-scroller.tsx';
import { PlaceContext, useComposing, usePlace, type Place } from '../chat/place.ts';
import { layout } from '../chat/rows.ts';
import { standsIn } from '../chat/stands-in.ts';
import type { Focus } from '../chat/use-focus.ts';
import { MentionedContext, useMentionedNames } from '../chat/use-mentions.ts';
import { titleOf } from '../conversation.ts';
import { useI18n } from '../i18n/index.ts';
import { Panel } from '../parts/panel.tsx';
import { PanelState } from '../parts/panel-state.tsx';
import { useChat, useClient } from '../state.ts';
import type { Conversation } from '../../wire/conversations.ts';
import type { Message } from '../../wire/messages.ts';
import { useThread } from '../../client/react/index.ts';

type Props = {
  conversation: Conversation;
  threadId: string;
  at?: number | undefined;
  onBack: (() => void) | undefined;
  onClose(): void;
};

/** What hangs under a message, with a line to write more. */
export function Thread({ conversation, threadId, at, onBack, onClose }: Props) {
  const { t } = useI18n();
  const { thread, error, retry } = useThread(conversation.id, threadId);
  const ready = thread?.timeline.status === 'ready';
  // Who comes back from its past still writes in the same line while the newest are read.
  const [opened, setOpened] = useState(false);
  if (ready && !opened) setOpened(true);
  return (
    <Panel title={t.thread.title} note={<bdi>{titleOf(t, conversation)}</bdi>} onBack={onBack} onClose={onClose}>
      {thread && opened ? (
        <OpenedThread conversation={conversation} thread={thread} at={at} />
      ) : (
        <PanelState loading error={error} empty="" onRetry={retry} />
      )}
    </Panel>
  );
}

type OpenedProps = { conversation: Conversation; thread: OpenThread; at: number | undefined };
const noPending: never[] = [];

function OpenedThread({ conversation, thread: { root, timeline }, at }: OpenedProps) {
  const { t } = useI18n();
  const client = useClient();
  const { id: threadId, conversationId } = root;
  const messages = useRef<Pick<Focus, 'show'>>(null);
  const composing = useComposing(conversationId, threadId);
  const { reply, edit } = composing;
  const { openThread, openProfile, show: showElsewhere } = usePlace();
  const waiting = useChat((state) => state.outbox.get(conversationId) ?? noPending);
  const pending = useMemo(() => waiting.filter(standsIn(threadId)), [waiting, threadId]);
  const myId = useChat((state) => state.me?.id);
  const { readSeq = 0, unread = 0 } = useChat((state) => state.threadMarks.get(threadId)) ?? {};
  const [newFrom] = useState(readSeq > 0 && unread > 0 ? readSeq : null);
  const told = useRef(readSeq);
  const everything = useMemo(() => [root, ...timeline.messages], [root, timeline]);
  const names = useMentionedNames(conversation, everything, pending);
  const loadOlder = useCallback(() => client.loadOlderInThread(threadId), [client, threadId]);
  const leavePast = useCallback(() => void client.leavePastInThread(threadId).catch(() => {}), [client, threadId]);
  const { hasNewer } = timeline;
  const past = useMemo(
    () => (hasNewer ? { loadNewer: () => client.loadNewerInThread(threadId), leave: leavePast } : null),
    [client, threadId, hasNewer, leavePast],
  );
  const here = timeline.messages.filter(({ seq, sender }) => seq > readSeq && sender.id !== myId).length;
  const isNew = hasNewer ? unread : here;

  const show = useCallback<Place['show']>((quoted) => void (messages.current?.show(quoted.seq) || showElsewhere(quoted)), [showElsewhere]);
  const place = useMemo(
    () => ({ conversationId, threadId, reply, edit, openThread, openProfile, show }),
    [conversationId, threadId, reply, edit, openThread, openProfile, show],
  );
  useShown(messages, timeline, at, loadOlder);

  function seen(seq: number, newest: boolean): void {
    if (!newest || hasNewer || seq <= told.current) return;
    const before = told.current;
    told.current = seq;
    // What could not be told is told with the next look.
    client.markThreadRead(threadId).catch(() => (told.current = before));
  }

  return (
    <PlaceContext value={place}>
      <MentionedContext value={names}>
        <div className="thread">
          {timeline.status === 'ready' ? (
            <MessageScroller
              label={t.thread.replyList}
              timeline={timeline}
              pending={hasNewer ? noPending : pending}
              readSeq={newFrom}
              unread={isNew}
              withNames
              loadOlder={loadOlder}
              past={past}
              onSeen={isNew > 0 ? seen : null}
              root={root}
              handle={messages}
              top={<Top root={root} />}
              beginning={timeline.messages.length + pending.length === 0 && <p className="beginning">{t.thread.empty}</p>}
            />
          ) : (
            <PanelState loading error={null} empty="" onRetry={leavePast} />
          )}
          {root.deletedAt === null ? (
            <Composer conversation={conversation} threadId={threadId} composing={composing} onSent={leavePast} />
          ) : (
            <p className="composer-note">{t.thread.over}</p>
          )}
          <Announcer timeline={timeline} />
        </div>
      </MentionedContext>
    </PlaceContext>
  );
}

/** What it hangs under, and how many hang there. */
function Top({ root }: { root: Message }) {
  const { t } = useI18n();
  const myId = useChat((state) => state.me?.id);
  return (
    <>
      <ol className="thread-root">
        {layout({ messages: [root], pending: [], myId, readSeq: null }).map((row) =>
          row.kind === 'bubble' ? (
            <li key={row.key}>
              <MessageItem bubble={row} withNames />
            </li>
          ) : null,
        )}
      </ol>
      <p className="thread-count">{t.thread.replies(root.thread?.replyCount ?? 0)}</p>
    </>
  );
}

/** Shows the reply that the thread was opened for, as far up as it stands. */
function useShown(
  list: RefObject<Pick<Focus, 'show'> | null>,
  { messages, hasOlder }: Timeline,
  at: number | undefined,
  loadOlder: () => Promise<void>,
): void {
  const shown = useRef<number | undefined>(undefined);
  const first = messages[0]?.seq;
  useEffect(() => {
    if (at === undefined || shown.current === at) return;
    // Where the older ones cannot be read the reader still has the thread.
    if (hasOlder && first !== undefined && at < first) loadOlder().catch(() => {});
    else {
      shown.current = at;
      list.current?.show(at);
    }
  }, [list, at, first, hasOlder, loadOlder]);
}
