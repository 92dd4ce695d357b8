import { useCallback, useEffect, useMemo, useRef, useState, type RefObject } from 'react';
import type { OpenThread, Timeline } from '../../client/index.ts';
import { Announcer } from '../chat/announcer.tsx';
import { Composer } from '../chat/composer.tsx';
import { MessageItem } from '../chat/message.tsx';
import { MessageScroller } from '../chat/message-scroller.tsx';
import { PlaceContext, useComposing, usePlace, type Place } from '../chat/place.ts';
import { layout } from '../chat/rows.ts';
import type { Focus } from '../chat/use-focus.ts';
import { MentionedContext, useMentionedNames } from '../chat/use-mentions.ts';
import { titleOf } from '../conversation.ts';
import { useI18n } from '../i18n/index.ts';
import { Panel } from '../parts/panel.tsx';
import { PanelState } from '../parts/panel-state.tsx';
import { useChat, useClient } from '../state.ts';
import type { Conversation } from '../../wire/conversations.ts';
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
  return (
    <Panel title={t.thread.title} note={<bdi>{titleOf(t, conversation)}</bdi>} onBack={onBack} onClose={onClose}>
      {ready ? <OpenedThread conversation={conversation} thread={thread} at={at} /> : <PanelState loading error={error} empty="" onRetry={retry} />}
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
  const pending = useMemo(() => waiting.filter((message) => message.threadId === threadId), [waiting, threadId]);
  const myId = useChat((state) => state.me?.id);
  const { readSeq = 0, unread = 0 } = useChat((state) => state.threadMarks.get(threadId)) ?? {};
  const [newFrom] = useState(readSeq > 0 && unread > 0 ? readSeq : null);
  const told = useRef(readSeq);
  const everything = useMemo(() => [root, ...timeline.messages], [root, timeline]);
  const names = useMentionedNames(conversation, everything, pending);
  const loadOlder = useCallback(() => client.loadOlderInThread(threadId), [client, threadId]);
  const isNew = timeline.messages.filter(({ seq, sender }) => seq > readSeq && sender.id !== myId);

  const show = useCallback<Place['show']>((quoted) => void (messages.current?.show(quoted.seq) || showElsewhere(quoted)), [showElsewhere]);
  const place = useMemo(
    () => ({ conversationId, threadId, reply, edit, openThread, openProfile, show }),
    [conversationId, threadId, reply, edit, openThread, openProfile, show],
  );
  useShown(messages, timeline, at, loadOlder);

  function seen(seq: number, newest: boolean): void {
    if (!newest || seq <= told.current) return;
    const before = told.current;
    told.current = seq;
    // What could not be told is told with the next look.
    client.markThreadRead(threadId).catch(() => (told.current = before));
  }

  return (
    <PlaceContext value={place}>
      <MentionedContext value={names}>
        <div className="thread">
          <MessageScroller
            label={t.thread.replyList}
            timeline={timeline}
            pending={pending}
            readSeq={newFrom}
            unread={isNew.length}
            withNames
            loadOlder={loadOlder}
            onSeen={isNew.length > 0 ? seen : null}
            root={root}
            handle={messages}
            top={
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
            }
            beginning={timeline.messages.length + pending.length === 0 && <p className="beginning">{t.thread.empty}</p>}
          />
          {root.deletedAt === null ? (
            <Composer conversation={conversation} threadId={threadId} composing={composing} />
          ) : (
            <p className="composer-note">{t.thread.over}</p>
          )}
          <Announcer timeline={timeline} />
        </div>
      </MentionedContext>
    </PlaceContext>
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
