import type { Message } from '../wire/messages.ts';
import type { Call } from './commands.ts';
import { receiveMessages } from './conversation.ts';
import { limits } from './limits.ts';
import { withEntry, withoutEntry, type State, type Timeline } from './state.ts';
import type { Store } from './store.ts';
import { append, emptyTimeline, moveTo, newest, oldest, prepend } from './timeline.ts';

const PAGE = 50;
const PAGE_MAX = 200;

/** Reads the messages of a conversation: the newest when it is opened, older ones page by page, or those around one of the past. */
export function createHistory({ store, call }: { store: Store; call: Call }) {
  const underWay = new Map<string, Promise<void>>();
  /** What was opened or read further, the latest last: one that was kept on the device is there without being opened. */
  const opened = new Set<string>();

  /**
   * Reads the newest messages, unless they are here. What arrives while they are read is kept and joined to them, so nothing
   * falls between. Rejects with a ChinwagError; a further call tries again.
   */
  function open(conversationId: string): Promise<void> {
    remember(conversationId);
    if (store.get().timelines.get(conversationId)?.status === 'ready') return Promise.resolve();
    // What is under way may have been for a stretch that was left meanwhile.
    const before = underWay.get(conversationId);
    if (before) return before.catch(() => {}).then(() => open(conversationId));
    return once(conversationId, async () => {
      store.update((state) => ({ ...state, timelines: withEntry(state.timelines, conversationId, emptyTimeline) }));
      try {
        await page(conversationId, { limit: firstPage(store.get(), conversationId) });
      } catch (error) {
        store.update((state) => ({ ...state, timelines: withoutEntry(state.timelines, conversationId) }));
        throw error;
      }
    });
  }

  function loadOlder(conversationId: string): Promise<void> {
    const timeline = store.get().timelines.get(conversationId);
    const first = timeline?.messages[0];
    if (timeline?.status !== 'ready' || !timeline.hasOlder || !first) return Promise.resolve();
    remember(conversationId);
    return once(conversationId, () => page(conversationId, { before: first.seq, limit: PAGE }));
  }

  /**
   * Holds this message with what stands around it, also far up in the past: then `hasNewer` says that the newest are not here, and
   * `loadNewer` walks towards them. Rejects with a ChinwagError.
   */
  async function openAround(conversationId: string, seq: number): Promise<void> {
    remember(conversationId);
    await underWay.get(conversationId)?.catch(() => {});
    if (
      store
        .get()
        .timelines.get(conversationId)
        ?.messages.some((message) => message.seq === seq)
    )
      return;
    await once(conversationId, async () => {
      const { items, cursor } = await call('message.list', { conversationId, around: seq, limit: PAGE });
      put(conversationId, items, (timeline) => moveTo(timeline, items, cursor !== null));
    });
  }

  /** Goes on until there is no newer one, with what was written meanwhile. */
  function loadNewer(conversationId: string): Promise<void> {
    const timeline = store.get().timelines.get(conversationId);
    const last = timeline?.messages.at(-1);
    if (timeline?.status !== 'ready' || !timeline.hasNewer || !last) return Promise.resolve();
    remember(conversationId);
    const asked = lastSeq(conversationId);
    return once(conversationId, async () => {
      const { items, cursor } = await call('message.list', { conversationId, after: last.seq, limit: PAGE });
      // What came while the answer was on its way was not let in, and is not in the answer.
      put(conversationId, items, (held) => newest(append(held, items, cursor !== null || lastSeq(conversationId) > asked), limits.stretchMessages));
    });
  }

  /** Nobody looks at the past any longer: the next one who opens the conversation begins with the newest. */
  function leavePast(conversationId: string): void {
    if (store.get().timelines.get(conversationId)?.hasNewer)
      store.update((state) => ({ ...state, timelines: withoutEntry(state.timelines, conversationId) }));
  }

  /** However much somebody reads, memory stays bounded: of what was opened before, only the newest messages stay. */
  function remember(conversationId: string): void {
    opened.delete(conversationId);
    opened.add(conversationId);
    const old = [...opened].slice(0, -limits.wholeTimelines);
    for (const id of old) opened.delete(id);
    store.update((state) => old.reduce(cut, state));
  }

  /** What arrives where nobody looks pushes out what came before, not with each message but every now and then. */
  function arrived(conversationId: string): void {
    const held = store.get().timelines.get(conversationId)?.messages.length ?? 0;
    if (!opened.has(conversationId) && held > 2 * limits.keptMessages) store.update((state) => cut(state, conversationId));
  }

  const lastSeq = (conversationId: string): number => store.get().conversations.get(conversationId)?.lastSeq ?? 0;

  async function page(conversationId: string, which: { before?: number; limit: number }): Promise<void> {
    const { items, cursor } = await call('message.list', { conversationId, ...which });
    put(conversationId, items, (timeline) => oldest(prepend(timeline, items, cursor !== null), limits.stretchMessages));
  }

  function put(conversationId: string, items: readonly Message[], change: (timeline: Timeline) => Timeline): void {
    store.update((state) => {
      const timeline = state.timelines.get(conversationId);
      if (!timeline) return state;
      const timelines = withEntry(state.timelines, conversationId, change(timeline));
      return receiveMessages({ ...state, timelines }, conversationId, items);
    });
  }

  function once(conversationId: string, read: () => Promise<void>): Promise<void> {
    const before = underWay.get(conversationId);
    if (before) return before;
    const reading = read().finally(() => underWay.delete(conversationId));
    underWay.set(conversationId, reading);
    return reading;
  }

  return { open, arrived, openAround, loadOlder, loadNewer, leavePast };
}

export type History = ReturnType<typeof createHistory>;

function cut(state: State, conversationId: string): State {
  const timeline = state.timelines.get(conversationId);
  if (timeline?.status !== 'ready' || timeline.hasNewer) return state;
  return { ...state, timelines: withEntry(state.timelines, conversationId, newest(timeline, limits.keptMessages)) };
}

/** Everything unread and a little before it, so that the reader starts where they left off. */
function firstPage(state: State, conversationId: string): number {
  const unread = state.conversations.get(conversationId)?.membership.unread ?? 0;
  return Math.min(PAGE_MAX, Math.max(PAGE, unread + 20));
}
