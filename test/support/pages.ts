import { createClient, type Client } from '../../src/client/index.ts';
import { platform } from '../../src/client/ports.ts';
import { createMemoryStorage, type Storage } from '../../src/client/storage.ts';
import { createBadNetwork, type BadNetwork } from './bad-network.ts';
import type { FakeClock } from './clock.ts';
import type { Person } from './person.ts';
import { createBrowser } from './tabs.ts';

export type Page = { client: Client; network: BadNetwork; wake(): void; freeze(frozen: boolean): void; close(how: 'orderly' | 'crash'): void };

/** The browser of a person: pages come and go, what is kept stays. */
export function createDevice(person: Person, url: string, conversationIds: readonly string[], clock: FakeClock) {
  const browser = createBrowser();
  const storage = createMemoryStorage();
  const pages: Page[] = [];
  /** What was shown as on its way beside the message that it became. */
  const shownTwice: string[] = [];

  function open(): Page {
    const tab = browser.openTab();
    const network = createBadNetwork();
    const wakes = new Set<() => void>();
    let open = true;
    const kept: Storage = { transact: (work) => (open ? storage.transact(work) : Promise.reject(new Error('the page is gone'))) };
    const client = createClient({
      url,
      token: person.token,
      ports: {
        ...platform,
        now: clock.now,
        after: (ms, task) => clock.after(ms, () => open && task()).cancel,
        onWake(wake) {
          wakes.add(wake);
          return () => void wakes.delete(wake);
        },
        openStorage: () => kept,
        tabs: tab.port,
        fetch: network.fetch,
        openSocket: network.openSocket,
      },
    });
    const page: Page = {
      client,
      network,
      freeze: tab.freeze,
      wake: () => wakes.forEach((wake) => wake()),
      close(how) {
        if (how === 'orderly') client.stop();
        open = false;
        network.kill();
        tab.close();
        pages.splice(pages.indexOf(page), 1);
      },
    };
    pages.push(page);
    // It has a conversation open as soon as it knows of it.
    const look = (): void => {
      for (const id of conversationIds) {
        const { conversations, timelines, connection, outbox } = client.get();
        const waiting = new Set(outbox.get(id)?.map(({ clientId }) => clientId));
        for (const { clientId } of timelines.get(id)?.messages ?? []) if (clientId !== null && waiting.has(clientId)) shownTwice.push(clientId);
        if (conversations.has(id) && !timelines.has(id) && connection.state === 'online') client.openConversation(id).catch(() => {});
      }
    };
    client.subscribe(look);
    void client.start();
    return page;
  }

  return { person, pages, shownTwice, open };
}

export type Device = ReturnType<typeof createDevice>;
