import { useEffect, useEffectEvent, useMemo } from 'react';
import { useChat, useClient } from '../state.ts';
import { createDevice, type Browser } from './device.ts';

const browser: Browser = {
  workers: 'serviceWorker' in navigator && 'PushManager' in globalThis ? navigator.serviceWorker : undefined,
  permission: () => ('Notification' in globalThis ? Notification.permission : null),
  askPermission: () => Notification.requestPermission(),
  kept: {
    getItem: (key) => stored((storage) => storage.getItem(key)),
    setItem: (key, value) => void stored((storage) => storage.setItem(key, value)),
    removeItem: (key) => void stored((storage) => storage.removeItem(key)),
  },
};

/** A browser that keeps nothing refuses even the look; then nobody is subscribed. */
function stored<Value>(use: (storage: Storage) => Value): Value | null {
  try {
    return use(localStorage);
  } catch {
    return null;
  }
}

/** Push for whoever is signed in. */
export function useDevice() {
  const client = useClient();
  const userId = useChat((state) => state.me?.id ?? '');
  return useMemo(() => createDevice(browser, client, userId), [client, userId]);
}

/** Keeps the subscription of this browser as it should be, and tells where a click on a notification leads. */
export function usePushes(onOpen: (path: string) => void): void {
  const device = useDevice();
  useEffect(() => {
    // What could not be renewed is tried again at the next start; until then the old one may still do.
    device.renew().catch(() => {});
  }, [device]);
  const clicked = useEffectEvent(({ data }: MessageEvent): void => {
    if (typeof data === 'object' && data !== null && 'open' in data && typeof data.open === 'string') onOpen(data.open);
  });
  useEffect(() => {
    if (!browser.workers) return;
    navigator.serviceWorker.addEventListener('message', clicked);
    return () => navigator.serviceWorker.removeEventListener('message', clicked);
  }, []);
}
