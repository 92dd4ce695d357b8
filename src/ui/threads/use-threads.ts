import { useEffect, useState } from 'react';
import type { Conversation } from '../../wire/conversations.ts';
import type { Thread } from '../../wire/threads.ts';
import { useChat, useClient, useConnectionId } from '../state.ts';

const PAGE = 30;

type Found = { participating: boolean; items: readonly Thread[]; cursor: string | null };

/** Whether something is unread in the threads that I am part of: read once for each connection, kept by events in between. */
export function useUnreadThreads(conversationId: string): boolean {
  const client = useClient();
  const connectionId = useConnectionId();
  useEffect(() => {
    // Without an answer the list of threads still tells.
    if (connectionId !== undefined) client.loadThreadMarks(conversationId).catch(() => {});
  }, [client, conversationId, connectionId]);
  return useChat((state) =>
    [...state.threadMarks.values()].some((mark) => mark.conversationId === conversationId && mark.participating && mark.unread > 0),
  );
}

/** The threads of a conversation, the one with the newest message first: read again when a message comes or one is read. */
export function useThreads({ id: conversationId, lastSeq }: Conversation, participating: boolean) {
  const client = useClient();
  const marks = useChat((state) => state.threadMarks);
  const [found, setFound] = useState<Found | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [attempt, setAttempt] = useState(0);
  const shown = found?.participating === participating ? found : null;
  const limit = Math.min(200, Math.max(PAGE, shown?.items.length ?? 0));

  useEffect(() => {
    let current = true;
    client.call('thread.list', { conversationId, limit, ...(participating && { participating }) }).then(
      (page) => {
        if (!current) return;
        setFound({ participating, ...page });
        setError(null);
      },
      (refused: unknown) => current && setError(refused),
    );
    return () => {
      current = false;
    };
    // `limit` alone is no reason to read again.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [client, conversationId, participating, lastSeq, marks, attempt]);

  async function more(): Promise<void> {
    if (!shown?.cursor) return;
    const { cursor } = shown;
    try {
      const page = await client.call('thread.list', { conversationId, cursor, limit: PAGE, ...(participating && { participating }) });
      setFound((before) => (before?.cursor === cursor ? { ...before, ...page, items: [...before.items, ...page.items] } : before));
    } catch (refused) {
      setError(refused);
    }
  }

  return { threads: shown, error, more: () => void more(), retry: () => (setError(null), setAttempt(attempt + 1)) };
}
