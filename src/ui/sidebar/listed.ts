import { useMemo } from 'react';
import { useConversations } from '../../client/react/index.ts';
import type { Conversation } from '../../wire/conversations.ts';

/** In the order of the list: what I pinned, then the newest activity. Archived ones have a list of their own, without pins. */
export function useListed(): { conversations: readonly Conversation[]; synced: boolean } {
  const { conversations, synced } = useConversations();
  const listed = useMemo(() => {
    const pinned = conversations.filter(({ membership }) => membership.pinned);
    return [...pinned, ...conversations.filter(({ membership }) => !membership.pinned)];
  }, [conversations]);
  return { conversations: listed, synced };
}

export function isMuted({ mutedUntil, notify }: Conversation['membership'], now: number): boolean {
  return notify === 'none' || (mutedUntil !== null && mutedUntil > now);
}
