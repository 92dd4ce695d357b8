import type { Event } from '../wire/events.ts';
import type { Call } from './commands.ts';
import { allPages } from './pages.ts';
import type { State } from './state.ts';
import type { Store } from './store.ts';

/** Whom we block. Everything rejects with a ChinwagError; what it comes to arrives as an event, on all devices. */
export function createBlocks({ store, call }: { store: Store; call: Call }) {
  /** Reads all of them; from then on they are kept up to date. */
  async function load(): Promise<void> {
    const blocks = await allPages((place) => call('block.list', place));
    store.update((state) => ({ ...state, blocks }));
  }

  return {
    load,
    /** After a time without events: only where somebody looks at them. */
    refresh: async (): Promise<void> => (store.get().blocks === null ? undefined : load()),
    async set(userId: string, blocked: boolean): Promise<void> {
      await call(blocked ? 'block.add' : 'block.remove', { userId });
    },
  };
}

export function applyBlock(state: State, { type, data }: Event<'block.added' | 'block.removed'>): State {
  if (state.blocks === null) return state;
  const others = state.blocks.filter((block) => block.userId !== data.userId);
  return { ...state, blocks: type === 'block.added' ? [data, ...others] : others };
}
