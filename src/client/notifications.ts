import type { Event } from '../wire/events.ts';
import type { Notification } from '../wire/notifications.ts';
import type { Call, Input } from './commands.ts';
import type { Notifications, State } from './state.ts';
import type { Store } from './store.ts';

const PAGE = 30;

/** Reads the notification centre, page by page. */
export function createNotifications({ store, call }: { store: Store; call: Call }) {
  /** The newest, with the count of unread ones. Called after each sync. Rejects with a ChinwagError. */
  async function refresh(): Promise<void> {
    const { items, cursor, unread } = await call('notification.list', { limit: PAGE });
    store.update((state) => ({ ...state, notifications: { items, cursor, unread } }));
  }

  async function loadOlder(): Promise<void> {
    const { cursor } = store.get().notifications ?? {};
    if (!cursor) return;
    const page = await call('notification.list', { limit: PAGE, cursor });
    store.update((state) => change(state, (held) => ({ ...held, items: [...held.items, ...page.items], cursor: page.cursor })));
  }

  /** What the person wants to hear of; from then on events keep it. */
  async function loadPreferences(): Promise<void> {
    const preferences = await call('preference.get', {});
    store.update((state) => ({ ...state, preferences }));
  }

  async function updatePreferences(changed: Input<'preference.update'>): Promise<void> {
    const preferences = await call('preference.update', changed);
    store.update((state) => ({ ...state, preferences }));
  }

  const markRead = async (ids: string[]): Promise<void> => void (await call('notification.read', { ids }));
  const markAllRead = async (): Promise<void> => void (await call('notification.read', { all: true }));

  return { refresh, loadOlder, markRead, markAllRead, loadPreferences, updatePreferences };
}

export function applyNotification(
  state: State,
  event: Event<'notification.created' | 'notification.read' | 'notification.removed'>,
  now: number,
): State {
  return change(state, (held) => {
    switch (event.type) {
      case 'notification.created':
        return held.items.some(({ id }) => id === event.data.id) ? held : { ...held, items: [event.data, ...held.items], unread: held.unread + 1 };
      case 'notification.read': {
        const read = new Set(event.data.ids);
        const mark = (item: Notification): Notification => (read.has(item.id) ? { ...item, readAt: item.readAt ?? now } : item);
        return { ...held, items: held.items.map(mark), unread: event.data.unread };
      }
      case 'notification.removed': {
        const gone = new Set(event.data.ids);
        return { ...held, items: held.items.filter(({ id }) => !gone.has(id)), unread: event.data.unread };
      }
    }
  });
}

function change(state: State, work: (held: Notifications) => Notifications): State {
  return state.notifications ? { ...state, notifications: work(state.notifications) } : state;
}
