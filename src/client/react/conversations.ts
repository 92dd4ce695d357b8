import { useMemo } from 'react';
import type { Conversation } from '../../wire/conversations.ts';
import { useChat } from './context.ts';

/** The newest activity first. `synced` is false as long as there may be others that were not heard of yet. */
export function useConversations({ archived = false }: { archived?: boolean } = {}): { conversations: readonly Conversation[]; synced: boolean } {
  const all = useChat((state) => state.conversations);
  const synced = useChat((state) => state.synced);
  const conversations = useMemo(
    () => [...all.values()].filter(({ membership }) => membership.archived === archived).sort((a, b) => activityOf(b) - activityOf(a)),
    [all, archived],
  );
  return { conversations, synced };
}

/** Undefined: not heard of yet, or with `synced` there is none that we may see. */
export function useConversation(conversationId: string): Conversation | undefined {
  return useChat((state) => state.conversations.get(conversationId));
}

/** Unread messages in everything that is not archived. */
export function useUnread(): number {
  return useChat((state) => {
    let sum = 0;
    for (const { membership } of state.conversations.values()) if (!membership.archived) sum += membership.unread;
    return sum;
  });
}

/** When something was said last, or else when it began. */
export function activityOf({ lastMessageAt, createdAt }: Conversation): number {
  return lastMessageAt ?? createdAt;
}
