import { describe, expect, test } from 'bun:test';
import { createDevice, type Browser } from '../../src/ui/push/device.ts';
import { receive, type Tray } from '../../src/ui/push/receive.ts';
import type { PushMessage } from '../../src/wire/push.ts';

const push = (change: Partial<PushMessage> = {}): PushMessage => ({
  id: 'p1',
  kind: 'mention',
  conversationId: 'c',
  messageId: 'm7',
  seq: 7,
  title: 'Saturday match',
  body: 'Ann: are you coming?',
  unread: 1,
  tag: 'c',
  ...change,
});

/** The notifications of a screen, one a tag, as a browser keeps them. */
function createTray() {
  const shown = new Map<string, { title: string; body: string | undefined; data: PushMessage; renotify: boolean }>();
  const tray: Tray = {
    async getNotifications({ tag }) {
      const found = shown.get(tag);
      return found ? [{ data: found.data, close: () => void shown.delete(tag) }] : [];
    },
    async showNotification(title, { tag = '', body, data, renotify }) {
      shown.set(tag, { title, body, data, renotify });
    },
  };
  return { tray, shown };
}

describe('a push', () => {
  test('is shown under its tag, in the place of the one before it', async () => {
    const { tray, shown } = createTray();
    await receive(tray, push());
    await receive(tray, push({ id: 'p2', seq: 8, body: 'Ann: hello?' }));
    await receive(tray, push({ tag: 'd', conversationId: 'd' }));
    expect([...shown].map(([tag, { body, renotify }]) => [tag, body, renotify])).toEqual([
      ['c', 'Ann: hello?', true],
      ['d', 'Ann: are you coming?', true],
    ]);
  });

  test('that comes twice is silent the second time, and an older one never replaces a newer one', async () => {
    const { tray, shown } = createTray();
    await receive(tray, push({ seq: 8 }));
    await receive(tray, push({ seq: 8 }));
    expect(shown.get('c')?.renotify).toBe(false);
    await receive(tray, push({ id: 'p0', seq: 7, body: 'older' }));
    expect(shown.get('c')?.data.seq).toBe(8);
  });

  test('is closed when the conversation was read elsewhere, and only that one', async () => {
    const { tray, shown } = createTray();
    await receive(tray, push());
    await receive(tray, push({ tag: 'd' }));
    await receive(tray, { withdraw: 'c' });
    await receive(tray, { withdraw: 'unknown' });
    expect([...shown.keys()]).toEqual(['d']);
  });
});

/** A browser with a push service, and the server's side of the subscription. */
function createWorld(permission: NotificationPermission = 'granted') {
  let made = 0;
  let subscribed: { endpoint: string; key: string } | null = null;
  const told: string[] = [];
  const kept = new Map<string, string>();
  const world = {
    key: 'AQID',
    permission,
    told,
    subscribed: () => subscribed?.endpoint ?? null,
    refused: false,
  };
  const pushManager = {
    async getSubscription() {
      if (!subscribed) return null;
      const { endpoint, key } = subscribed;
      return {
        endpoint,
        options: { applicationServerKey: Uint8Array.from(atob(key), (letter) => letter.charCodeAt(0)).buffer },
        toJSON: () => ({ endpoint, keys: { p256dh: 'p', auth: 'a' } }),
        async unsubscribe() {
          subscribed = null;
          return true;
        },
      };
    },
    async subscribe({ applicationServerKey }: { applicationServerKey: string }) {
      subscribed = { endpoint: `https://push.test/${++made}`, key: applicationServerKey };
      return pushManager.getSubscription();
    },
  };
  const browser: Browser = {
    // The few members that are used, in the place of a whole registration.
    workers: { register: async () => ({ pushManager }) as unknown as ServiceWorkerRegistration },
    permission: () => world.permission,
    askPermission: async () => world.permission,
    kept: {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: (key) => void kept.delete(key),
    },
  };
  const server = {
    pushKey: async () => world.key,
    subscribePush: async ({ endpoint = '' }) => {
      if (world.refused) throw new Error('refused');
      told.push(`+ ${endpoint}`);
      return { endpoint, createdAt: 0, expiresAt: null };
    },
    unsubscribePush: async ({ endpoint = '' }) => void told.push(`- ${endpoint}`),
  };
  return { world, browser, device: (userId = 'ann') => createDevice(browser, server, userId), server };
}

describe('a device', () => {
  test('is subscribed from a click, and unsubscribed here and at the server', async () => {
    const { world, device } = createWorld();
    const own = device();
    expect(await own.state()).toBe('off');
    expect(await own.turnOn()).toBe('on');
    expect(await own.turnOff()).toBe('off');
    expect([world.told, world.subscribed()]).toEqual([['+ https://push.test/1', '- https://push.test/1'], null]);
  });

  test('hands its subscription over again at each start, and makes another when the server has another key', async () => {
    const { world, device } = createWorld();
    await device().turnOn();
    await device().renew();
    world.key = 'BAUG';
    await device().renew();
    expect(world.told).toEqual(['+ https://push.test/1', '+ https://push.test/1', '+ https://push.test/2']);
  });

  test('does not subscribe by itself: neither at the first start nor after it was turned off', async () => {
    const { world, device } = createWorld();
    await device().renew();
    await device().turnOn();
    await device().turnOff();
    await device().renew();
    expect(world.subscribed()).toBeNull();
  });

  test('of somebody else stays theirs: who signs in with it is not subscribed without asking', async () => {
    const { world, device } = createWorld();
    await device('ann').turnOn();
    const bobs = device('bob');
    await bobs.renew();
    await bobs.forget();
    expect([await bobs.state(), world.told.length, world.subscribed()]).toEqual(['off', 1, 'https://push.test/1']);
    await device('ann').forget();
    expect([await device('ann').state(), world.subscribed()]).toEqual(['off', null]);
  });

  test('that may not show notifications says so, and one without workers too', async () => {
    const { device } = createWorld('denied');
    expect(await device().turnOn()).toBe('denied');
    const { browser, server } = createWorld();
    expect(await createDevice({ ...browser, workers: undefined }, server, 'ann').turnOn()).toBe('unsupported');
  });

  test('that the server refused is not counted as subscribed', async () => {
    const { world, device } = createWorld();
    world.refused = true;
    await expect(device().turnOn()).rejects.toThrow('refused');
    expect(await device().state()).toBe('off');
  });
});
