import { useEffect, useState } from 'react';
import { findMessage, type OpenThread } from '../index.ts';
import { useChat, useClient } from './context.ts';

type Opened = { thread: OpenThread | undefined; error: unknown; retry(): void };

/** Opens a thread as long as it is looked at. What it hangs under is read where it is not here. */
export function useThread(conversationId: string, threadId: string): Opened {
  const client = useClient();
  const thread = useChat((state) => state.threads.get(threadId));
  const [error, setError] = useState<unknown>(null);
  const wanted = thread === undefined && error === null;
  useEffect(() => {
    if (!wanted) return;
    const held = findMessage(client.get(), conversationId, threadId);
    const root = held ? Promise.resolve(held) : client.call('message.get', { messageId: threadId });
    root.then((message) => client.openThread(message)).catch(setError);
  }, [client, conversationId, threadId, wanted]);
  useEffect(() => () => client.closeThread(threadId), [client, threadId]);
  return { thread, error, retry: () => setError(null) };
}
