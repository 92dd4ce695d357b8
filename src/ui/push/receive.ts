import type { PushMessage, PushPayload } from '../../wire/push.ts';

/** What of a ServiceWorkerRegistration is used here. */
export type Tray = {
  getNotifications(filter: { tag: string }): Promise<readonly Shown[]>;
  showNotification(title: string, options: NotificationOptions & { renotify: boolean }): Promise<void>;
};
type Shown = { data: PushMessage; close(): void };

/**
 * Shows a push, in the place of what is shown of the same conversation, or closes that when it was read elsewhere. Pushes come at
 * least once and in any order: the same one again is silent, and an older one never replaces a newer one.
 */
export async function receive(tray: Tray, payload: PushPayload): Promise<void> {
  if ('withdraw' in payload) {
    for (const shown of await tray.getNotifications({ tag: payload.withdraw })) shown.close();
    return;
  }
  const { title, body, tag, id, seq } = payload;
  const shown = await tray.getNotifications({ tag });
  if (shown.some(({ data }) => data.seq > seq)) return;
  await tray.showNotification(title, { body, tag, renotify: !shown.some(({ data }) => data.id === id), data: payload });
}
