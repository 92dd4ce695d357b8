import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { State } from '../../src/client/index.ts';
import type { Fault } from '../support/bad-network.ts';
import { createFakeClock } from '../support/clock.ts';
import { createDevice, type Device, type Page } from '../support/pages.ts';
import { SEARCH_TIMEOUT_MS, searching } from '../support/property.ts';
import { memberRows, messageRows } from '../support/rows.ts';
import { startServer, type TestServer } from '../support/server.ts';

const weights = {
  send: 12,
  edit: 3,
  react: 2,
  read: 3,
  drop: 4,
  fail: 6,
  cut: 2,
  mend: 2,
  wait: 4,
  late: 2,
  reload: 3,
  crash: 3,
  tab: 3,
  freeze: 2,
  thaw: 2,
};
type What = keyof typeof weights;
type Step = { who: number; page: number; what: What; where: number; pick: number; fault: Fault };

const steps = fc.array(
  fc.record<Step>({
    who: fc.nat(1),
    page: fc.nat(2),
    what: fc.oneof(...Object.entries(weights).map(([what, weight]) => ({ weight, arbitrary: fc.constant(what as What) }))),
    where: fc.nat(1),
    pick: fc.nat(999),
    fault: fc.constantFrom<Fault>('lose the question', 'lose the answer', 'ask twice', 'answer late'),
  }),
  { minLength: 10, maxLength: 60 },
);

/** The client that we ship, in pages that are reloaded, die and share a browser, over a network in which everything goes wrong. */
describe('Pages over a bad network', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({ config: { rateLimits: false, pageDefault: 5, syncMessagesPerConversation: 4, syncConversationsMax: 1 } });
  });
  afterAll(() => server.stop());

  test(
    'whatever happens, in the end all show what is stored, and everything that was written is there once and in its order',
    async () => {
      await fc.assert(fc.asyncProperty(steps, perform), searching(4));
      expect(server.log.filter(({ code }) => code === 'internal')).toEqual([]);
    },
    SEARCH_TIMEOUT_MS,
  );

  async function perform(plan: readonly Step[]): Promise<void> {
    const people = await Promise.all(['Ann', 'Bob'].map((name) => server.person(name)));
    const [ann, bob] = people as [(typeof people)[0], (typeof people)[0]];
    const group: string = (await ann.must('conversation.create', { title: 'Group', memberIds: [bob.userId] })).id;
    const direct: string = (await ann.must('conversation.create', { userId: bob.userId })).id;
    const ids = [group, direct];
    const clock = createFakeClock();
    const devices = people.map((person) => createDevice(person, server.url, ids, clock));
    const written: { page: Page; id: string; clientId: string }[] = [];

    for (const device of devices) device.open();
    await pump(() => devices.every(({ pages: [page] }) => page?.client.get().synced === true));
    for (const step of plan) await act(step);
    for (const device of devices) {
      if (device.pages.length === 0) device.open();
      for (const { network, freeze, wake } of device.pages) {
        network.setUp(true);
        freeze(false);
        wake();
      }
    }
    await pump(async () => (await differences()).length === 0);
    for (const id of ids) await checkWritten(id);
    expect(devices.map(({ shownTwice }) => shownTwice)).toEqual([[], []]);
    for (const page of devices.flatMap(({ pages }) => [...pages])) page.close('orderly');

    async function act({ who, page: nth, what, where, pick, fault }: Step): Promise<void> {
      const device = devices[who] as Device;
      const page = device.pages[nth % Math.max(1, device.pages.length)];
      const id = ids[where] ?? group;
      if (!page || what === 'tab') return void (device.pages.length < 3 && device.open());
      const { client, network } = page;
      const state = client.get();
      const messages = state.timelines.get(id)?.messages ?? [];
      const chosen = messages[pick % Math.max(1, messages.length)];
      switch (what) {
        case 'send':
          // Somebody can write as soon as there is something to write in.
          if (state.conversations.has(id)) written.push({ page, id, clientId: client.send(id, { content: `${pick}` }).clientId });
          return settle();
        case 'edit':
          if (chosen?.sender.id === device.person.userId)
            void client.call('message.edit', { messageId: chosen.id, content: `${pick}!` }).catch(() => {});
          return;
        case 'react':
          if (chosen) void client.call('reaction.add', { messageId: chosen.id, emoji: '👍' }).catch(() => {});
          return;
        case 'read':
          return client.markRead(id, chosen?.seq ?? 0);
        case 'drop':
          return network.drop();
        case 'fail':
          return network.fail(fault);
        case 'cut':
        case 'mend':
          network.setUp(what === 'mend');
          return page.wake();
        case 'late':
          return network.deliverLate();
        case 'wait':
          clock.advance(pick * 5);
          return void (await ann.http('person.me', {}));
        case 'freeze':
        case 'thaw':
          page.freeze(what === 'freeze');
          return page.wake();
        case 'reload':
        case 'crash':
          page.close(what === 'crash' ? 'crash' : 'orderly');
          return void device.open();
      }
    }

    /** Time passes and the server is heard, until it is so. */
    async function pump(isSo: () => boolean | Promise<boolean>): Promise<void> {
      for (let turn = 0; !(await isSo()); turn++) {
        if (turn > 300) throw new Error(`it never came to rest: ${JSON.stringify(await differences())}`);
        await ann.http('person.me', {});
        clock.advance(500);
      }
    }

    async function differences(): Promise<unknown[]> {
      const found: unknown[] = [];
      for (const id of ids) {
        const stored = await messageRows(server.app.ports.store, id);
        const members = await memberRows(server.app.ports.store, id);
        const rev = Math.max(0, ...stored.map((message) => message.rev));
        for (const { person, pages } of devices) {
          const readSeq = members.find(({ userId }) => userId === person.userId)?.readSeq;
          for (const { client } of pages) {
            const state = client.get();
            if (state.timelines.get(id)?.hasOlder) void client.loadOlder(id).catch(() => {});
            const shows = {
              ...shown(state, id),
              readSeq: state.conversations.get(id)?.membership.readSeq,
              outbox: state.outbox.get(id)?.length ?? 0,
            };
            const truth = { messages: stored.map(kept), readSeq, outbox: 0 };
            if (!Bun.deepEquals(shows, truth) || (state.held.get(id) ?? 0) < rev) found.push({ shows, truth, connection: state.connection });
          }
        }
      }
      return found;
    }

    async function checkWritten(id: string): Promise<void> {
      const stored = (await messageRows(server.app.ports.store, id)).map(({ clientId }) => clientId);
      const here = written.filter((one) => one.id === id);
      expect(stored.filter((clientId) => clientId !== null).sort()).toEqual(here.map(({ clientId }) => clientId).sort());
      for (const page of new Set(here.map((one) => one.page))) {
        const own = here.filter((one) => one.page === page).map(({ clientId }) => clientId);
        expect(stored.filter((clientId) => own.includes(clientId ?? ''))).toEqual(own);
      }
    }
  }
});

const kept = ({ id, seq, rev, content, clientId }: { id: string; seq: number; rev: number; content: string; clientId: string | null }) => ({
  id,
  seq,
  rev,
  content,
  clientId,
});

const shown = (state: State, id: string) => ({ messages: (state.timelines.get(id)?.messages ?? []).map(kept) });

/** What was written is on the device: a page that dies then takes nothing with it. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}
