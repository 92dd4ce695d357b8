import type { Call } from './commands.ts';
import { stopTyping } from './conversation.ts';
import type { Ports } from './ports.ts';
import type { Store } from './store.ts';

/** The server lets typing end after 6 s: it is told again in time. */
const REPEAT_MS = 3_000;
const IDLE_MS = 5_000;
/** Should the end of somebody's typing be lost, it ends here a little later than at the server. */
const EXPIRY_MS = 7_000;

type Typing = { toldAt: number; cancelIdle(): void };

/** Says when the person types, as rarely as will do, and forgets the typing of others. Nothing here is worth a retry. */
export function createTyping({ store, call, ports }: { store: Store; call: Call; ports: Pick<Ports, 'after' | 'now'> }) {
  const own = new Map<string, Typing>();
  const expiries = new Map<string, () => void>();

  /** At each key: `true`. When the text is emptied: `false`. */
  function set(conversationId: string, typing: boolean): void {
    const before = own.get(conversationId);
    before?.cancelIdle();
    if (!typing) {
      if (own.delete(conversationId)) tell(conversationId, false);
      return;
    }
    const now = ports.now();
    const due = !before || now - before.toldAt >= REPEAT_MS;
    own.set(conversationId, { toldAt: due ? now : before.toldAt, cancelIdle: ports.after(IDLE_MS, () => set(conversationId, false)) });
    if (due) tell(conversationId, true);
  }

  /** The message that leaves ends the typing by itself. */
  function sent(conversationId: string): void {
    own.get(conversationId)?.cancelIdle();
    own.delete(conversationId);
  }

  function tell(conversationId: string, typing: boolean): void {
    if (store.get().connection.state !== 'online') return;
    // Lost with the connection, or refused: nobody misses it, and the next key says it again.
    call('typing.set', { conversationId, typing }).catch(() => {});
  }

  /** Somebody else began, or goes on. */
  function heard(conversationId: string, userId: string): void {
    const key = `${conversationId} ${userId}`;
    expiries.get(key)?.();
    const cancel = ports.after(EXPIRY_MS, () => {
      expiries.delete(key);
      store.update((state) => ({ ...state, typing: stopTyping(state.typing, conversationId, new Set([userId])) }));
    });
    expiries.set(key, cancel);
  }

  function reset(): void {
    for (const { cancelIdle } of own.values()) cancelIdle();
    for (const cancel of expiries.values()) cancel();
    own.clear();
    expiries.clear();
  }

  return { set, sent, heard, reset };
}

export type Typist = ReturnType<typeof createTyping>;
