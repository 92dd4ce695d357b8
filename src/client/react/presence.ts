import { useCallback, useEffect } from 'react';
import type { Presence } from '../../wire/person.ts';
import { useChat, useClient } from './context.ts';

const nobody: readonly string[] = [];

/** Who else is typing, by id, and how to say that we are: `true` at each key, `false` when the text is emptied. */
export function useTyping(conversationId: string): [userIds: readonly string[], setTyping: (typing: boolean) => void] {
  const client = useClient();
  const userIds = useChat((state) => state.typing.get(conversationId) ?? nobody);
  return [userIds, useCallback((typing) => client.setTyping(conversationId, typing), [client, conversationId])];
}

/** Whether somebody is there, as long as this is shown. Undefined: not heard yet, or they do not say. */
export function usePresence(userId: string): Presence | undefined {
  useWatched([userId]);
  return useChat((state) => state.presence.get(userId));
}

/** Hears who of these comes and goes while somebody looks at them. */
export function useWatched(userIds: readonly string[]): void {
  const client = useClient();
  const ids = userIds.join(' ');
  useEffect(() => (ids === '' ? undefined : client.watch(ids.split(' '))), [client, ids]);
}
