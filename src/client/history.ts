import type { Call } from './commands.ts';
import { receiveMessages } from './conversation.ts';
import { limits } from './limits.ts';
import { createReading } from './reading.ts';
import { withEntry, withoutEntry, type State } from './state.ts';
import type { Store } from './store.ts';
import { emptyTimeline, moveTo, newest } from './timeline.ts';

const PAGE = 50;
const PAGE_MAX = 200;

/** Reads the messages of a conversation: the newest when it is opened, older ones page by page, or those around one of the past. */
export function createHistory({ store, call }: { store: Store; call: Call }) {
  const { page, read, once, reading, ...further } = createReading({
    store,
    call,
    get: (state, id) => state.timelines.get(id),
    set: (state, id, timeline, items) => receiveMessages({ ...state, timelines: withEntry(state.timelines, id, timeline) }, id, items),
    whereOf: (conversationId) => ({ conversationId }),
    pageSize: PAGE,
  });
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
    const before = reading(conversationId);
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
    remember(conversationId);
    return further.loadOlder(conversationId);
  }

  /**
   * Holds this message with what stands around it, also far up in the past: then `hasNewer` says that the newest are not here, and
   * `loadNewer` walks towards them. Rejects with a ChinwagError.
   */
  async function openAround(conversationId: string, seq: number): Promise<void> {
    remember(conversationId);
    await reading(conversationId)?.catch(() => {});
    if (
      store
        .get()
        .timelines.get(conversationId)
        ?.messages.some((message) => message.seq === seq)
    )
      return;
    await once(conversationId, () => read(conversationId, { around: seq, limit: PAGE }, moveTo));
  }

  function loadNewer(conversationId: string): Promise<void> {
    remember(conversationId);
    return further.loadNewer(conversationId);
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

  return { arrived, openConversation: open, openAround, loadOlder, loadNewer, leavePast };
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
