import { useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  addEventListener('popstate', listener);
  return () => {
    listeners.delete(listener);
    removeEventListener('popstate', listener);
  };
}

/** `/`, `/c/<conversation>` and `/sign-in`: what the server answers with this page. */
export function useConversationId(): string | null {
  const path = useSyncExternalStore(subscribe, () => location.pathname);
  const found = /^\/c\/([^/]+)\/?$/.exec(path);
  return found?.[1] ? decodeURIComponent(found[1]) : null;
}

export function navigate(path: string): void {
  if (location.pathname === path) return;
  history.pushState(null, '', path);
  for (const listener of [...listeners]) listener();
}

export const pathOf = (conversationId: string): string => `/c/${encodeURIComponent(conversationId)}`;
