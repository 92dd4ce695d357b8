import type { PendingMessage } from '../../client/index.ts';

/** Whether a message stands in the thread, or with null in the conversation: one of a thread may stand in both. */
export const standsIn =
  (place: string | null) =>
  ({ threadId, alsoToConversation }: Pick<PendingMessage, 'threadId' | 'alsoToConversation'>): boolean =>
    threadId === place || (place === null && alsoToConversation);
