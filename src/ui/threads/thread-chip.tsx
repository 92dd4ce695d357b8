import type { Message } from '../../wire/messages.ts';
import { usePlace } from '../chat/place.ts';
import { fullTime, shortTime } from '../format.ts';
import { useI18n } from '../i18n/index.ts';
import { Icon } from '../parts/icon.tsx';
import { useChat, useNow } from '../state.ts';

/** Under a message: how much hangs there, and the way to it. */
export function ThreadChip({ message: { id, thread } }: { message: Message }) {
  const { threadId } = usePlace();
  return thread && thread.replyCount > 0 && threadId === null ? <Chip id={id} thread={thread} /> : null;
}

function Chip({ id, thread: { replyCount, lastReplyAt } }: { id: string; thread: NonNullable<Message['thread']> }) {
  const { t, locale } = useI18n();
  const { openThread } = usePlace();
  const now = useNow();
  const unread = useChat((state) => (state.threadMarks.get(id)?.unread ?? 0) > 0);
  return (
    <button type="button" className="thread-chip" tabIndex={-1} onClick={() => openThread(id)}>
      <Icon name="thread" />
      <strong>{t.thread.replies(replyCount)}</strong>
      {unread && <span className="dot" role="img" aria-label={t.thread.unread} />}
      <time dateTime={new Date(lastReplyAt).toISOString()} title={fullTime(locale, lastReplyAt)}>
        {t.thread.last(shortTime(locale, lastReplyAt, now))}
      </time>
    </button>
  );
}

/** On a message that stands in the conversation as well as in a thread: the way to the thread. */
export function ThreadLink({ message: { threadId, alsoToConversation } }: { message: Message }) {
  const { t } = useI18n();
  const { openThread, threadId: here } = usePlace();
  if (threadId === null || (here !== null && !alsoToConversation)) return null;
  if (here !== null) return <span className="thread-link">{t.thread.alsoThere}</span>;
  return (
    <button type="button" className="thread-link" tabIndex={-1} onClick={() => openThread(threadId)}>
      <Icon name="thread" />
      {t.thread.inThread}
    </button>
  );
}
