/** Where a conversation is found, or a message in it. The service worker asks as well, so nothing else stands here. */
export function pathOf(conversationId: string, messageId: string | null = null): string {
  const path = `/c/${encodeURIComponent(conversationId)}`;
  return messageId === null ? path : `${path}?message=${encodeURIComponent(messageId)}`;
}
