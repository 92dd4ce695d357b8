/** What pages and the service worker both know of addresses. */

/** Where a conversation is found, or a message in it. */
export function pathOf(conversationId: string, messageId: string | null = null): string {
  const path = `/c/${encodeURIComponent(conversationId)}`;
  return messageId === null ? path : `${path}?message=${encodeURIComponent(messageId)}`;
}

/** Whether the server answers this path with the document of the chat. */
export function isPage(pathname: string): boolean {
  return /^\/(?:sign-in\/?|c\/[^/.]+\/?)?$/.test(pathname);
}
