import type { Call, Output } from './commands.ts';

/** What `PushSubscription.toJSON()` of a browser gives. */
export type PushSubscriptionJson = {
  endpoint?: string | undefined;
  expirationTime?: number | null | undefined;
  keys?: Record<string, string> | undefined;
};

/**
 * Web Push for this browser: subscribe with `pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: await pushKey() })`,
 * then hand its JSON over at each start. All of them reject with a ChinwagError.
 */
export function createPush({ call }: { call: Call }) {
  return {
    pushKey: async (): Promise<string> => (await call('push.key', {})).publicKey,
    subscribePush({ endpoint = '', expirationTime = null, keys = {} }: PushSubscriptionJson): Promise<Output<'push.subscribe'>> {
      const { p256dh = '', auth = '' } = keys;
      return call('push.subscribe', { endpoint, expirationTime, keys: { p256dh, auth } });
    },
    async unsubscribePush({ endpoint = '' }: Pick<PushSubscriptionJson, 'endpoint'>): Promise<void> {
      await call('push.unsubscribe', { endpoint });
    },
  };
}
