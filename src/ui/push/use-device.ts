import { useEffect, useMemo } from 'react';
import { navigate } from '../route.ts';
import { useChat, useClient } from '../state.ts';
import { createDevice, type Browser } from './device.ts';

const browser: Browser = {
  workers: 'serviceWorker' in navigator && 'PushManager' in globalThis ? navigator.serviceWorker : undefined,
  permission: () => ('Notification' in globalThis ? Notification.permission : null),
  askPermission: () => Notification.requestPermission(),
  kept: localStorage,
};

/** Push for whoever is signed in. */
export function useDevice() {
  const client = useClient();
  const userId = useChat((state) => state.me?.id ?? '');
  return useMemo(() => createDevice(browser, client, userId), [client, userId]);
}

/** Keeps the subscription of this browser as it should be, and goes where a click on a notification leads. */
export function usePushes(): void {
  const device = useDevice();
  useEffect(() => {
    // What could not be renewed is tried again at the next start; until then the old one may still do.
    device.renew().catch(() => {});
  }, [device]);
  useEffect(() => {
    const { workers } = browser;
    if (!workers) return;
    const clicked = ({ data }: MessageEvent): void => {
      if (typeof data === 'object' && data !== null && 'open' in data && typeof data.open === 'string') navigate(data.open);
    };
    navigator.serviceWorker.addEventListener('message', clicked);
    return () => navigator.serviceWorker.removeEventListener('message', clicked);
  }, []);
}
