import type { Presence } from '../wire/person.ts';
import type { Call } from './commands.ts';
import { ChinwagError } from './error.ts';
import type { Note } from './notes.ts';
import { newClientId } from './pending.ts';
import type { Store } from './store.ts';
import { putPresence } from './sync.ts';

/** As many as the server lets one connection watch. */
const WATCHED_MAX = 500;

type Options = { store: Store; call: Call; leads(): boolean; share(note: Note): void };

/**
 * Whose coming and going is heard, beyond the peers of direct conversations: everybody whom some part of some tab looks at. The
 * leading tab says it for all, because the server keeps one list a connection.
 */
export function createWatching({ store, call, leads, share }: Options) {
  const tab = newClientId();
  const own = new Map<string, number>();
  const others = new Map<string, readonly string[]>();
  let told = '';
  let scheduled = false;

  /** Answers how to stop. */
  function watch(userIds: readonly string[]): () => void {
    for (const id of userIds) own.set(id, (own.get(id) ?? 0) + 1);
    schedule();
    return () => {
      for (const id of userIds) {
        const rest = (own.get(id) ?? 1) - 1;
        if (rest > 0) own.set(id, rest);
        else own.delete(id);
      }
      schedule();
    };
  }

  /** One word for everything that appears on a page at once. */
  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    queueMicrotask(() => {
      scheduled = false;
      void tell();
    });
  }

  /** A new connection knows of nobody, and tabs that are still there say again whom they watch. */
  function connected(): void {
    told = '';
    others.clear();
    void tell();
  }

  async function tell(): Promise<void> {
    if (!leads()) return share({ kind: 'watch', tab, userIds: [...own.keys()] });
    const userIds = [...new Set([...own.keys(), ...[...others.values()].flat()])].slice(0, WATCHED_MAX);
    const list = userIds.toSorted().join(' ');
    if (store.get().connection.state !== 'online' || list === told) return;
    told = list;
    try {
      const { items } = await call('presence.watch', { userIds });
      show(items);
      share({ kind: 'presence', items });
    } catch (error) {
      // Presence is a courtesy: without it what stands there is still right.
      if (!(error instanceof ChinwagError)) throw error;
    }
  }

  function heard(note: Note): void {
    if (note.kind === 'presence') show(note.items);
    if (note.kind !== 'watch') return;
    others.set(note.tab, note.userIds);
    if (leads()) schedule();
  }

  const show = (items: readonly Presence[]): void => store.update((state) => putPresence(state, items));

  return { watch, connected, heard };
}
