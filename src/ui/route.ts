import { useSyncExternalStore } from 'react';

export { pathOf } from './path.ts';

const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  addEventListener('popstate', listener);
  return () => {
    listeners.delete(listener);
    removeEventListener('popstate', listener);
  };
}

/** The message that an address asks to be shown, until it was. */
export function useTarget(): string | null {
  const search = useSyncExternalStore(subscribe, () => location.search);
  return new URLSearchParams(search).get('message');
}

/** It was shown: the address is that of the conversation again. */
export function reached(): void {
  history.replaceState(null, '', location.pathname);
  tell();
}

/** `/`, `/c/<conversation>` and `/sign-in`: what the server answers with this page. */
export function useConversationId(): string | null {
  const path = useSyncExternalStore(subscribe, () => location.pathname);
  const found = /^\/c\/([^/]+)\/?$/.exec(path);
  return found?.[1] ? decodeURIComponent(found[1]) : null;
}

export function navigate(path: string): void {
  if (location.pathname + location.search === path) return;
  history.pushState(null, '', path);
  tell();
}

function tell(): void {
  for (const listener of [...listeners]) listener();
}
