import type { Message } from '../wire/messages.ts';
import type { Call, Input } from './commands.ts';
import { limits } from './limits.ts';
import type { State, Timeline } from './state.ts';
import type { Store } from './store.ts';
import { append, newest, oldest, prepend } from './timeline.ts';

type Where = Pick<Input<'message.list'>, 'conversationId' | 'threadId'>;

/** Timelines of one sort, by their id. */
type Options = {
  store: Store;
  call: Call;
  get(state: State, id: string): Timeline | undefined;
  /** With the messages that were read for it. */
  set(state: State, id: string, timeline: Timeline, items: readonly Message[]): State;
  /** Null: there is no such timeline any longer. */
  whereOf(id: string): Where | null;
  pageSize: number;
};

/**
 * Reads timelines on, at either end. One thing at a time of each, so that no page comes in beside an end that another one has moved;
 * and however far somebody reads, it holds so many messages: the far end goes, and is read again on the way back.
 */
export function createReading({ store, call, get, set, whereOf, pageSize }: Options) {
  const underWay = new Map<string, Promise<void>>();
  const held = (id: string): Timeline | undefined => get(store.get(), id);

  /** The newest, or those before. */
  async function page(id: string, which: { before?: number; limit: number }): Promise<void> {
    await read(id, which, (timeline, items, more) => oldest(prepend(timeline, items, more), limits.stretchMessages));
  }

  async function read(
    id: string,
    which: Omit<Input<'message.list'>, keyof Where>,
    change: (timeline: Timeline, items: readonly Message[], more: boolean) => Timeline,
  ): Promise<void> {
    const where = whereOf(id);
    if (!where) return;
    const { items, cursor } = await call('message.list', { ...where, ...which });
    store.update((state) => {
      const timeline = get(state, id);
      return timeline ? set(state, id, change(timeline, items, cursor !== null), items) : state;
    });
  }

  function loadOlder(id: string): Promise<void> {
    const timeline = held(id);
    const first = timeline?.messages[0];
    if (timeline?.status !== 'ready' || !timeline.hasOlder || !first) return Promise.resolve();
    return once(id, () => page(id, { before: first.seq, limit: pageSize }));
  }

  /** Goes on until there is no newer one, with what was written meanwhile. */
  function loadNewer(id: string): Promise<void> {
    const timeline = held(id);
    const last = timeline?.messages.at(-1);
    if (timeline?.status !== 'ready' || !timeline.hasNewer || !last) return Promise.resolve();
    const lastSeq = (): number => store.get().conversations.get(last.conversationId)?.lastSeq ?? 0;
    const asked = lastSeq();
    return once(id, () =>
      // What came while the answer was on its way was not let in, and is not in the answer.
      read(id, { after: last.seq, limit: pageSize }, (before, items, more) =>
        newest(append(before, items, more || lastSeq() > asked), limits.stretchMessages),
      ),
    );
  }

  function once(id: string, work: () => Promise<void>): Promise<void> {
    const before = underWay.get(id);
    if (before) return before;
    const reading = work().finally(() => underWay.delete(id));
    underWay.set(id, reading);
    return reading;
  }

  /** Undefined: nothing is read. */
  const reading = (id: string): Promise<void> | undefined => underWay.get(id);

  return { page, read, loadOlder, loadNewer, once, reading };
}
