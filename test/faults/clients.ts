import { expect } from 'bun:test';
import { createClient, type Client, type State } from '../../src/client/index.ts';
import { signUp } from '../support/program.ts';

/** People with the client that we ship, in a group of their own; each at an address, which may be the same. */
export async function startClients(urls: string[]) {
  const people = await Promise.all(urls.map((url, n) => signUp(url, `Client${n}`)));
  const [first, ...others] = people;
  if (!first) throw new Error('nobody is there');
  const made = await first.call('POST', '/conversations', { kind: 'group', title: 'Clients', memberIds: others.map(({ id }) => id) });
  const { id } = (await made.json()) as { id: string };
  const clients = people.map(({ token }, n) => createClient({ url: urls[n] ?? '', token }));
  const said = new Set<string>();
  await Promise.all(clients.map(join));

  async function join(client: Client): Promise<void> {
    await client.start();
    await shows(client, (state) => state.synced && state.conversations.has(id));
    await client.openConversation(id);
    await shows(client, (state) => state.timelines.get(id)?.status === 'ready');
  }

  const waiting = (state: State): number => (state.outbox.get(id) ?? []).length;

  /** One message after the other, each when the one before is confirmed, however long and by however many tries. */
  async function talk(client: Client, who: number, over: () => boolean): Promise<void> {
    for (let n = 0; !over(); n++) {
      const content = `${who}: ${n}`;
      said.add(content);
      client.send(id, { content });
      await shows(client, (state) => waiting(state) === 0);
    }
  }

  return {
    said,
    talk: (over: () => boolean): Promise<unknown> => Promise.all(clients.map((client, who) => talk(client, who, over))),
    /** Each shows what the server has: everything said, once, in one order. */
    async expectEqual(url: string): Promise<void> {
      const stored = await history(first.at(url), id);
      expect(stored.map(({ content }) => content).sort()).toEqual([...said].sort());
      const { rev } = (await (await first.at(url).call('GET', `/conversations/${id}`)).json()) as { rev: number };
      for (const client of clients) {
        // Its own messages may stand there already while those of others wait for one that is missing before them.
        await shows(client, (state) => state.held.get(id) === rev);
        const shown = client.get().timelines.get(id)?.messages ?? [];
        expect(shown.map(({ id: messageId, seq, content }) => ({ id: messageId, seq, content }))).toEqual(stored);
        expect(client.get().held).toEqual(clients[0]?.get().held ?? new Map());
      }
    },
    stop: (): void => clients.forEach((client) => client.stop()),
  };
}

export type Clients = Awaited<ReturnType<typeof startClients>>;
type Stored = { id: string; seq: number; content: string };

async function history(who: Awaited<ReturnType<typeof signUp>>, conversationId: string): Promise<Stored[]> {
  const stored: Stored[] = [];
  for (let after = 0; ; after = stored.at(-1)?.seq ?? after) {
    const page = await who.call('GET', `/conversations/${conversationId}/messages?after=${after}&limit=200`);
    const { items } = (await page.json()) as { items: Stored[] };
    if (items.length === 0) return stored;
    stored.push(...items.map(({ id, seq, content }) => ({ id, seq, content })));
  }
}

/** Resolves when the client shows it. */
async function shows(client: Client, fits: (state: State) => boolean): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const look = (): void => void (fits(client.get()) && resolve());
  const stop = client.subscribe(look);
  look();
  await promise;
  stop();
}
