import { useMemo } from 'react';
import type { Notification } from '../../wire/notifications.ts';
import { useChat, useClient } from './context.ts';

type Centre = {
  items: readonly Notification[];
  unread: number;
  /** False until they have been read for the first time. */
  ready: boolean;
  hasOlder: boolean;
  /** These reject with a ChinwagError. */
  loadOlder(): Promise<void>;
  markRead(ids: string[]): Promise<void>;
  markAllRead(): Promise<void>;
};

const none: readonly Notification[] = [];

/** The notification centre, the newest first. */
export function useNotifications(): Centre {
  const client = useClient();
  const centre = useChat((state) => state.notifications);
  return useMemo(
    () => ({
      items: centre?.items ?? none,
      unread: centre?.unread ?? 0,
      ready: centre !== null,
      hasOlder: (centre?.cursor ?? null) !== null,
      loadOlder: client.loadOlderNotifications,
      markRead: client.markNotificationsRead,
      markAllRead: client.markAllNotificationsRead,
    }),
    [client, centre],
  );
}
