import { useEffect, useState } from 'react';
import type { Message } from '../../wire/messages.ts';
import { useChat, useClient, useConnectionId } from './context.ts';

export type Pins = { pins: readonly Message[] | undefined; error: unknown; retry(): void };

/** What is pinned: read anew on each new connection, kept by events in between. */
export function usePins(conversationId: string): Pins {
  const client = useClient();
  const pins = useChat((state) => state.pins.get(conversationId));
  const connectionId = useConnectionId();
  const [attempt, setAttempt] = useState(0);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    if (connectionId === undefined) return;
    client.loadPins(conversationId).then(() => setError(null), setError);
  }, [client, conversationId, connectionId, attempt]);
  return { pins, error, retry: () => setAttempt(attempt + 1) };
}
