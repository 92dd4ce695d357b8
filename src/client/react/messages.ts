import { useCallback, useEffect, useMemo, useRef, useState } from 'react';

import { createItems, type ChatItem, type Draft, type PendingMessage, type Timeline } from '../index.ts';
import { useChat, useClient, useConnectionId } from './context.ts';

type Opened = { timeline: Timeline | undefined; error: unknown; retry(): void };

/** Reads the newest messages when they are not here: at first, after the data was restored, and again after a failure. */
export function useTimeline(conversationId: string): Opened {
  const client = useClient();
  const timeline = useChat((state) => state.timelines.get(conversationId));
  const connectionId = useConnectionId();
  const [failure, setFailure] = useState<{ of: string; connectionId: string | undefined; error: unknown } | null>(null);
  // Another conversation or connection is a reason to try again.
  const failed = failure?.of === conversationId && failure.connectionId === connectionId ? failure : null;
  const wanted = timeline === undefined && failed === null;
  // The timeline is taken back a moment before the failure is told: that moment is no reason to ask again.
  const asking = useRef<string | null>(null);
  const [answers, setAnswers] = useState(0);
  useEffect(() => {
    if (!wanted || asking.current === conversationId) return;
    asking.current = conversationId;
    client
      .openConversation(conversationId)
      .catch((error: unknown) => setFailure({ of: conversationId, connectionId, error }))
      .finally(() => {
        if (asking.current === conversationId) asking.current = null;
        setAnswers((count) => count + 1);
      });
  }, [client, conversationId, connectionId, wanted, answers]);
  return { timeline, error: failed?.error ?? null, retry: useCallback(() => setFailure(null), []) };
}

export type Messages = {
  items: readonly ChatItem[];
  status: 'loading' | 'ready' | 'failed';
  error: unknown;
  hasOlder: boolean;
  /** The newest messages are not among these: somebody jumped into the past. */
  hasNewer: boolean;
  /** After a failure. */
  reload(): void;
  loadOlder(): Promise<void>;
  loadNewer(): Promise<void>;
  /** Holds the message with this `seq` and what stands around it. */
  jumpTo(seq: number): Promise<void>;
  jumpToNewest(): void;
  /** Everything up to this `seq` was seen; by default up to the newest. */
  markRead(seq?: number): void;
};

/** The messages of a conversation in order, stored ones and those on their way. What loads rejects with a ChinwagError. */
export function useMessages(conversationId: string): Messages {
  const client = useClient();
  const { timeline, error, retry: reload } = useTimeline(conversationId);
  const [itemsOf] = useState(createItems);
  const items = useChat((state) => itemsOf(state, conversationId));
  // Who comes back begins with the newest.
  useEffect(() => () => client.leavePast(conversationId), [client, conversationId]);
  const act = useMemo(
    () => ({
      loadOlder: () => client.loadOlder(conversationId),
      loadNewer: () => client.loadNewer(conversationId),
      jumpTo: (seq: number) => client.openAround(conversationId, seq),
      jumpToNewest: () => client.leavePast(conversationId),
      markRead: (seq?: number) => client.markRead(conversationId, seq ?? client.get().conversations.get(conversationId)?.lastSeq ?? 0),
    }),
    [client, conversationId],
  );
  const status = timeline?.status === 'ready' ? 'ready' : error === null ? 'loading' : 'failed';
  return { items, status, error, reload, hasOlder: timeline?.hasOlder ?? true, hasNewer: timeline?.hasNewer ?? false, ...act };
}

export type Send = {
  /** Shown at once and sent when that is possible, also after a reload. */
  send(draft: Draft | string): PendingMessage;
  /** Sends one that failed again, under the same name. */
  retry(clientId: string): void;
  discard(clientId: string): void;
};

export function useSend(conversationId: string): Send {
  const client = useClient();
  return useMemo(
    () => ({
      send: (draft) => client.send(conversationId, typeof draft === 'string' ? { content: draft } : draft),
      retry: (clientId) => client.retry(conversationId, clientId),
      discard: (clientId) => client.discard(conversationId, clientId),
    }),
    [client, conversationId],
  );
}
