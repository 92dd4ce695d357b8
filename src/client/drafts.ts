import type { Call, Input } from './commands.ts';
import { ChinwagError } from './error.ts';
import type { Ports } from './ports.ts';
import type { Store } from './store.ts';

type Draft = Omit<Input<'draft.set'>, 'conversationId'>;

/** Writing pauses for this long before the draft is kept. */
const PAUSE_MS = 1_000;

/** Keeps what has been begun, so that it waits on every device. The last one written counts. */
export function createDrafts({ store, call, ports }: { store: Store; call: Call; ports: Pick<Ports, 'after'> }) {
  const waiting = new Map<string, () => void>();
  /** Where the server may have a draft of ours, even if it did not tell us yet. */
  const kept = new Set<string>();

  /** Called with each change; empty takes the draft away at once, where there is one. */
  function set(conversationId: string, draft: Draft): void {
    waiting.get(conversationId)?.();
    waiting.delete(conversationId);
    if (draft.content === '') {
      if (kept.delete(conversationId) || hasDraft(conversationId)) void keep(conversationId, draft);
      return;
    }
    waiting.set(
      conversationId,
      ports.after(PAUSE_MS, () => {
        waiting.delete(conversationId);
        kept.add(conversationId);
        void keep(conversationId, draft);
      }),
    );
  }

  function hasDraft(conversationId: string): boolean {
    return (store.get().conversations.get(conversationId)?.membership.draft ?? null) !== null;
  }

  /** A draft that could not be kept is no loss: it is still where it is written. */
  async function keep(conversationId: string, draft: Draft): Promise<void> {
    try {
      await call('draft.set', { conversationId, ...draft });
    } catch (error) {
      if (!(error instanceof ChinwagError)) throw error;
    }
  }

  function reset(): void {
    for (const cancel of waiting.values()) cancel();
    waiting.clear();
    kept.clear();
  }

  return { set, reset };
}
