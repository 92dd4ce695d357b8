import type { Call } from './commands.ts';
import { receiveMessages } from './conversation.ts';
import { withEntry, withoutEntry, type State } from './state.ts';
import type { Store } from './store.ts';
import { emptyTimeline, prepend } from './timeline.ts';

const PAGE = 50;
const PAGE_MAX = 200;

/** Reads the messages of a conversation: the newest when it is opened, older ones page by page. */
export function createHistory({ store, call }: { store: Store; call: Call }) {
  const underWay = new Map<string, Promise<void>>();

  /**
   * Reads the newest messages, unless they are here. What arrives while they are read is kept and joined to them, so nothing
   * falls between. Rejects with a ChinwagError; a further call tries again.
   */
  function open(conversationId: string): Promise<void> {
    if (store.get().timelines.get(conversationId)?.status === 'ready') return Promise.resolve();
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
    return once(conversationId, () => page(conversationId, { before: first.seq, limit: PAGE }));
  }

  async function page(conversationId: string, which: { before?: number; limit: number }): Promise<void> {
    const { items, cursor } = await call('message.list', { conversationId, ...which });
    store.update((state) => {
      const timeline = state.timelines.get(conversationId);
      if (!timeline) return state;
      const timelines = withEntry(state.timelines, conversationId, prepend(timeline, items, cursor !== null));
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

  return { open, loadOlder };
}

export type History = ReturnType<typeof createHistory>;

/** Everything unread and a little before it, so that the reader starts where they left off. */
function firstPage(state: State, conversationId: string): number {
  const unread = state.conversations.get(conversationId)?.membership.unread ?? 0;
  return Math.min(PAGE_MAX, Math.max(PAGE, unread + 20));
}
