import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import type { Browser, CDPSession, Page, Worker } from 'playwright-core';
import { until } from './device.ts';
import { launchBrowser, runServer, Visitor, type RunningServer } from './world.ts';

describe('notifications of two people', () => {
  let server: RunningServer;
  let browser: Browser;
  let ann: Visitor;
  let bob: Visitor;
  let bobsOther: Visitor;
  let conversationId: string;

  beforeAll(async () => {
    [server, browser] = await Promise.all([runServer(), launchBrowser()]);
    [ann, bob] = await Promise.all([
      Visitor.at(browser, server.url, 'Ann Example', { permissions: [] }),
      Visitor.at(browser, server.url, 'Bob Example', { permissions: ['notifications'] }),
    ]);
    await Promise.all([ann.signUp(), bob.signUp()]);
    await ann.startGroup('Saturday match', 'bob');
    await ann.enter('Saturday match');
    conversationId = await bob.conversationId('Saturday match');
    bobsOther = await Visitor.at(browser, server.url, 'Bob Example, second device');
    await bobsOther.signIn('bob.example@example.com', 'a long password');
    await bobsOther.row('Saturday match').waitFor();
  });

  afterAll(async () => {
    await browser?.close();
    await server?.remove();
  });

  afterEach(() => {
    expect([ann, bob, bobsOther].flatMap(({ complaints }) => complaints.splice(0))).toEqual([]);
  });

  const bell = ({ page }: Visitor, name: string) => page.getByRole('button', { name, exact: true });
  const centre = ({ page }: Visitor) => page.getByRole('complementary', { name: 'Notifications' });

  async function mention(text: string): Promise<void> {
    await ann.composer.fill('@Bo');
    await ann.page.getByRole('option', { name: 'Bob Example' }).click();
    await ann.page.keyboard.type(text);
    await ann.page.keyboard.press('Enter');
    await ann.message(text).waitFor();
  }

  test('being added counts at the bell, and reading all of it empties it everywhere', async () => {
    await bell(bob, 'Notifications, 1 unread').click();
    await centre(bob).getByRole('link', { name: 'Ann Example added you' }).getByText('Saturday match').waitFor();
    await centre(bob).getByRole('img', { name: 'unread' }).waitFor();
    await centre(bob).getByRole('button', { name: 'Mark all as read' }).click();
    await centre(bob).getByRole('img', { name: 'unread' }).waitFor({ state: 'detached' });
    await bell(bobsOther, 'Notifications').waitFor();
    expect(await centre(bob).getByRole('button', { name: 'Mark all as read' }).isDisabled()).toBe(true);
  });

  test('a mention arrives, and a click shows the message and marks it as read', async () => {
    await mention('are you coming? <b>really</b>');
    const item = centre(bob).getByRole('link', { name: 'Ann Example mentioned you' });
    await item.getByText('<b>really</b>').waitFor();
    await bell(bobsOther, 'Notifications, 1 unread').waitFor();
    await item.click();
    await bob.page.locator('.message:focus').filter({ hasText: 'are you coming?' }).waitFor();
    expect(new URL(bob.page.url()).search).toBe('');
    await item.getByRole('img', { name: 'unread' }).waitFor({ state: 'detached' });
    await bell(bobsOther, 'Notifications').waitFor();
  });

  test('a mention that is read in the conversation on one device is read in the centre of the other', async () => {
    await bob.page.goto('/');
    await bob.row('Saturday match').waitFor();
    await mention('bring the ball');
    await bell(bob, 'Notifications, 1 unread').waitFor();
    await bobsOther.enter('Saturday match');
    await bobsOther.message('bring the ball').waitFor();
    await bell(bob, 'Notifications').waitFor();
    await bobsOther.page.goto('/');
    await bobsOther.row('Saturday match').waitFor();
  });

  test('a reply in a thread leads into the thread', async () => {
    await bob.enter('Saturday match');
    await bob.say('Who drives?');
    await bob.page.goto('/');
    await bob.row('Saturday match').waitFor();
    await ann.choose('Who drives?', 'Reply in thread');
    const line = ann.panel.getByRole('textbox', { name: 'Reply in the thread' });
    await line.fill('I have room for three');
    await line.press('Enter');
    await bell(bob, 'Notifications, 1 unread').click();
    await centre(bob).getByRole('link', { name: 'Ann Example replied to you' }).click();
    const thread = bob.page.getByRole('complementary', { name: 'Thread' });
    await thread.locator('.message:focus').filter({ hasText: 'I have room for three' }).waitFor();
    await thread.getByRole('button', { name: 'Close' }).click();
    await ann.panel.getByRole('button', { name: 'Close' }).click();
  });

  test('what one does not want to hear of is not gathered', async () => {
    const { page } = bob;
    await centre(bob).getByRole('button', { name: 'Notification settings' }).click();
    const dialog = page.getByRole('dialog', { name: 'Notification settings' });
    await dialog.getByRole('checkbox', { name: 'Mentions: gather here' }).uncheck();
    await dialog.getByRole('checkbox', { name: 'Quiet hours' }).check();
    await dialog.getByLabel('From').fill('21:30');
    await dialog.getByText('these are hours of UTC').waitFor();
    await dialog.getByRole('button', { name: 'Use ' }).click();
    await dialog.getByText('By the time zone of your profile').waitFor();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('status').getByText('Saved').waitFor();

    await page.goto('/');
    await bob.row('Saturday match').waitFor();
    await mention('nobody tells you');
    await ann.message('Who drives?').first().hover();
    await ann.choose('Who drives?', 'Reply');
    await ann.say('I drive');
    // The reply came after the mention: when it is here the mention is not coming any more.
    await bell(bob, 'Notifications, 1 unread').click();
    expect(await centre(bob).getByText('nobody tells you').count()).toBe(0);

    await centre(bob).getByRole('button', { name: 'Notification settings' }).click();
    expect(await dialog.getByRole('checkbox', { name: 'Mentions: gather here' }).isChecked()).toBe(false);
    expect(await dialog.getByLabel('From').inputValue()).toBe('21:30');
    // On the other device the same settings are open, with a change of its own that is not saved yet.
    await bobsOther.page.getByRole('button', { name: /^Notifications/ }).click();
    await centre(bobsOther).getByRole('button', { name: 'Notification settings' }).click();
    const other = bobsOther.page.getByRole('dialog', { name: 'Notification settings' });
    await other.getByLabel('From').waitFor();
    expect(await other.getByRole('checkbox', { name: 'Mentions: gather here' }).isChecked()).toBe(false);
    await other.getByRole('checkbox', { name: 'Replies to you: gather here' }).uncheck();

    await dialog.getByRole('checkbox', { name: 'Mentions: gather here' }).check();
    await dialog.getByRole('checkbox', { name: 'Quiet hours' }).uncheck();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });

    await other.getByLabel('From').waitFor({ state: 'detached' });
    expect(await other.getByRole('checkbox', { name: 'Mentions: gather here' }).isChecked()).toBe(true);
    expect(await other.getByRole('checkbox', { name: 'Replies to you: gather here' }).isChecked()).toBe(false);
    await bobsOther.page.keyboard.press('Escape');
    await other.waitFor({ state: 'detached' });
    await centre(bobsOther).getByRole('button', { name: 'Close' }).click();
  });

  test('a conversation is muted for a while, and says so in the list', async () => {
    const { page } = bob;
    await centre(bob).getByRole('button', { name: 'Close' }).click();
    await bob.enter('Saturday match');
    await page.getByRole('button', { name: 'Show members' }).click();
    await bob.panel.getByLabel('Notify me of').selectOption('Mentions and replies');
    await bob.panel.getByLabel('Mute').selectOption('For 8 hours');
    await bob.row('Saturday match').getByText('Muted').waitFor();
    expect(await bob.panel.getByLabel('Mute').locator('option:checked').innerText()).toMatch(/^Until /);
    await bobsOther.row('Saturday match').getByText('Muted').waitFor();
    await bob.panel.getByLabel('Mute').selectOption('Not muted');
    await bobsOther.row('Saturday match').getByText('Muted').waitFor({ state: 'detached' });
    await bob.panel.getByRole('button', { name: 'Close' }).click();
  });

  test('the centre opens and closes by keyboard, and gives the focus back', async () => {
    const { page } = bob;
    await page.getByRole('button', { name: 'Notifications', exact: true }).focus();
    await page.keyboard.press('Enter');
    await centre(bob).waitFor();
    await page.keyboard.press('Escape');
    await centre(bob).waitFor({ state: 'detached' });
    await page.locator('[aria-label="Notifications"]:focus').waitFor();
  });

  describe('Web Push', () => {
    let worker: Worker | undefined;

    const shown = () =>
      bob.page.evaluate(async () =>
        (await (await navigator.serviceWorker.ready).getNotifications()).map(({ title, body, tag }) => ({ title, body, tag })),
      );
    const subscriptions = (page: Page) =>
      page.evaluate(async () => (await (await navigator.serviceWorker.ready).pushManager.getSubscription())?.endpoint ?? null);

    test('is turned on for this device from the settings, with the worker of this server', async () => {
      const { page } = bob;
      await page.context().addInitScript(fakePushManager);
      await page.goto('/');
      await page.getByRole('button', { name: 'Notifications', exact: true }).click();
      await centre(bob).getByRole('button', { name: 'Notification settings' }).click();
      const push = page.getByRole('region', { name: 'Push on this device' });
      await push.getByRole('button', { name: 'Turn on' }).click();
      await push.getByText('On: you hear of messages').waitFor();
      const workers = page.context().serviceWorkers();
      expect(workers.map((one) => one.url())).toEqual([`${server.url}/service-worker.js`]);
      [worker] = workers;
      expect(await page.evaluate(async () => (await navigator.serviceWorker.ready).scope)).toBe(`${server.url}/`);
      expect(await subscriptions(page)).toStartWith('https://push.example.com/');
    });

    test('shows one notification a conversation, and closes it when it was read elsewhere', async () => {
      const device = await deviceOf(bob.page, server.url);
      const push = { id: 'p1', kind: 'mention', conversationId, messageId: null, seq: 1, title: 'Saturday match', unread: 1, tag: conversationId };
      await device.deliver({ ...push, body: 'Ann: hello' });
      await device.deliver({ ...push, id: 'p2', seq: 2, body: 'Ann: are you there?' });
      await until(async () => (await shown()).at(-1)?.body === 'Ann: are you there?');
      expect(await shown()).toEqual([{ title: 'Saturday match', body: 'Ann: are you there?', tag: conversationId }]);
      await device.deliver({ withdraw: conversationId });
      await until(async () => (await shown()).length === 0);
    });

    test('a click on it opens the message in the page that is there', async () => {
      const messageId = await bob.page.evaluate(async (id) => {
        const { items } = await fetch(`/api/chat/conversations/${id}/messages?limit=50`).then((response) => response.json());
        return items.find(({ content }: { content: string }) => content.includes('bring the ball')).id;
      }, conversationId);
      await bob.page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
      await worker?.evaluate(
        async ([conversationId, messageId]) => {
          const { registration } = globalThis as unknown as { registration: ServiceWorkerRegistration };
          await registration.showNotification('Saturday match', { tag: 'click', data: { conversationId, messageId } });
          const [notification] = await registration.getNotifications({ tag: 'click' });
          const Clicked = (globalThis as unknown as { NotificationEvent: new (type: string, init: object) => Event }).NotificationEvent;
          // Only a real click may bring a window to the front.
          addEventListener('unhandledrejection', (event) => event.preventDefault());
          dispatchEvent(new Clicked('notificationclick', { notification }));
        },
        [conversationId, messageId],
      );
      await bob.page.locator('.message:focus').filter({ hasText: 'bring the ball' }).waitFor();
      await until(async () => (await shown()).length === 0);
      // Where no page is open the worker opens this one.
      await bob.page.goto(`/c/${conversationId}?message=${messageId}`);
      await bob.page.locator('.message:focus').filter({ hasText: 'bring the ball' }).waitFor();
      expect(bob.page.url()).toBe(`${server.url}/c/${conversationId}`);
    });

    test('a new start hands the subscription over again, and turning it off ends it here and at the server', async () => {
      const { page } = bob;
      const endpoint = await subscriptions(page);
      await page.reload();
      await page.getByRole('button', { name: 'Notifications', exact: true }).click();
      await centre(bob).getByRole('button', { name: 'Notification settings' }).click();
      const push = page.getByRole('region', { name: 'Push on this device' });
      await push.getByText('On: you hear of messages').waitFor();
      expect(await subscriptions(page)).toBe(endpoint);
      await push.getByRole('button', { name: 'Turn off' }).click();
      await push.getByText('also when this page is closed').waitFor();
      expect(await subscriptions(page)).toBeNull();
    });

    test('signing out ends it in the browser as well', async () => {
      const { page } = bob;
      const push = page.getByRole('region', { name: 'Push on this device' });
      await push.getByRole('button', { name: 'Turn on' }).click();
      await push.getByText('On: you hear of messages').waitFor();
      await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
      await centre(bob).getByRole('button', { name: 'Close' }).click();
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByRole('heading', { name: 'Welcome back' }).waitFor();
      await until(async () => (await subscriptions(page)) === null);
    });

    test('a browser that allows no notifications says so', async () => {
      const { page } = ann;
      await page.getByRole('button', { name: /^Notifications/ }).click();
      await page.getByRole('button', { name: 'Notification settings' }).click();
      await page.getByText('Your browser does not allow notifications here.').waitFor();
    });
  });
});

/** The browser of the tests has no push service; everything but that is real: the worker, its registration, the keys. */
function fakePushManager(): void {
  const base64url = (bytes: ArrayBuffer): string =>
    btoa(String.fromCharCode(...new Uint8Array(bytes)))
      .replaceAll('+', '-')
      .replaceAll('/', '_')
      .replace(/=+$/, '');
  const kept = (): any => JSON.parse(localStorage.getItem('fake push') ?? 'null');
  const subscription = () => {
    const json = kept();
    if (!json) return null;
    const key = Uint8Array.from(atob(json.key.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.codePointAt(0) ?? 0);
    return {
      endpoint: json.endpoint,
      options: { applicationServerKey: key.buffer },
      toJSON: () => json,
      unsubscribe: async () => (localStorage.removeItem('fake push'), true),
    };
  };
  Object.assign(PushManager.prototype, {
    getSubscription: async () => subscription(),
    async subscribe({ applicationServerKey }: { applicationServerKey: string }) {
      const pair: any = await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, true, ['deriveBits']);
      const p256dh = base64url(await crypto.subtle.exportKey('raw', pair.publicKey));
      const auth = base64url(crypto.getRandomValues(new Uint8Array(16)).buffer);
      const json = { endpoint: `https://push.example.com/${crypto.randomUUID()}`, key: applicationServerKey, keys: { p256dh, auth } };
      localStorage.setItem('fake push', JSON.stringify(json));
      return subscription();
    },
  });
}

/** Pushes as the browser's own tools deliver them to a worker. */
async function deviceOf(page: Page, url: string): Promise<{ deliver(push: object): Promise<void> }> {
  const tools: CDPSession = await page.context().newCDPSession(page);
  const registered = new Promise<string>((resolve) =>
    tools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const own = registrations.find(({ scopeURL }) => scopeURL === `${url}/`);
      if (own) resolve(own.registrationId);
    }),
  );
  await tools.send('ServiceWorker.enable');
  const registrationId = await registered;
  return {
    deliver: (push) => tools.send('ServiceWorker.deliverPushMessage', { origin: url, registrationId, data: JSON.stringify(push) }).then(() => {}),
  };
}
