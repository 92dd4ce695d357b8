import type { Block } from '../wire/blocks.ts';
import type { Event } from '../wire/events.ts';
import type { Call } from './commands.ts';
import type { State } from './state.ts';
import type { Store } from './store.ts';

const PAGE = 200;

/** Whom we block. Everything rejects with a ChinwagError; what it comes to arrives as an event, on all devices. */
export function createBlocks({ store, call }: { store: Store; call: Call }) {
  /** Reads all of them; from then on they are kept up to date. */
  async function load(): Promise<void> {
    const blocks: Block[] = [];
    let cursor: string | null | undefined;
    do {
      const page = await call('block.list', { limit: PAGE, ...(cursor && { cursor }) });
      blocks.push(...page.items);
      cursor = page.cursor;
    } while (cursor !== null);
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
