import { useEffect, useState } from 'react';
import type { Member } from '../../wire/members.ts';
import { useChat, useClient, useConnectionId } from './context.ts';

/** The members of a conversation, read on each new connection and kept by events in between. Undefined: not read yet. */
export function useMembers(conversationId: string): { members: readonly Member[] | undefined; error: unknown; retry(): void } {
  const client = useClient();
  const members = useChat((state) => state.members.get(conversationId));
  const connectionId = useConnectionId();
  const [attempt, setAttempt] = useState(0);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    if (connectionId === undefined) return;
    client.loadMembers(conversationId).then(() => setError(null), setError);
  }, [client, conversationId, connectionId, attempt]);
  return { members, error, retry: () => setAttempt(attempt + 1) };
}
