import type { Client } from '../../client/index.ts';

/** What of the browser is used here; `workers` is absent where it has none, as on a page without https. */
export type Browser = {
  workers: Pick<ServiceWorkerContainer, 'register'> | undefined;
  permission(): NotificationPermission | null;
  askPermission(): Promise<NotificationPermission>;
  kept: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
};

export type PushState = 'unsupported' | 'denied' | 'off' | 'on';

type Server = Pick<Client, 'pushKey' | 'subscribePush' | 'unsubscribePush'>;

/** Whose pushes this browser receives: a subscription belongs to the browser, whoever signs in with it. */
const OWNER = 'chinwag.push';

/** Web Push in this browser, for one person. */
export function createDevice(browser: Browser, server: Server, userId: string) {
  /** Without a worker there is nothing to ask. Where it is registered already this finds it. */
  const register = (): Promise<ServiceWorkerRegistration> | null => browser.workers?.register('/service-worker.js') ?? null;

  async function state(): Promise<PushState> {
    if (!browser.workers || browser.permission() === null) return 'unsupported';
    if (browser.permission() === 'denied') return 'denied';
    if (browser.kept.getItem(OWNER) !== userId) return 'off';
    const subscription = await (await register())?.pushManager.getSubscription();
    return subscription ? 'on' : 'off';
  }

  /** Asks the person, so call it from a click. */
  async function turnOn(): Promise<PushState> {
    if ((await browser.askPermission()) !== 'granted') return state();
    await subscribe();
    browser.kept.setItem(OWNER, userId);
    return state();
  }

  async function turnOff(): Promise<PushState> {
    const subscription = await (await register())?.pushManager.getSubscription();
    browser.kept.removeItem(OWNER);
    if (subscription) {
      await server.unsubscribePush({ endpoint: subscription.endpoint });
      await subscription.unsubscribe();
    }
    return state();
  }

  /** At each start: where all is as before nothing changes; where the browser or the server has other keys by now this mends it. */
  async function renew(): Promise<void> {
    if ((await state()) === 'on') await subscribe();
  }

  /** The person signed out. The server has ended it with the session. */
  async function forget(): Promise<void> {
    if (browser.kept.getItem(OWNER) !== userId) return;
    browser.kept.removeItem(OWNER);
    const subscription = await (await register())?.pushManager.getSubscription();
    await subscription?.unsubscribe();
  }

  async function subscribe(): Promise<void> {
    const registration = await register();
    if (!registration) return;
    const applicationServerKey = await server.pushKey();
    let subscription = await registration.pushManager.getSubscription();
    if (subscription && keyOf(subscription) !== applicationServerKey) {
      await subscription.unsubscribe();
      subscription = null;
    }
    subscription ??= await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey });
    await server.subscribePush(subscription.toJSON());
  }

  return { state, turnOn, turnOff, renew, forget };
}

/** The key of the server that it was made for, as base64url. */
function keyOf({ options }: Pick<PushSubscription, 'options'>): string | null {
  if (!options.applicationServerKey) return null;
  const base64 = btoa(String.fromCharCode(...new Uint8Array(options.applicationServerKey)));
  return base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}
