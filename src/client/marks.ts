import type { Call } from './commands.ts';
import { moveOwnMark } from './conversation.ts';
import { ChinwagError } from './error.ts';
import type { Note } from './notes.ts';
import type { Ports } from './ports.ts';
import { later } from './receipts.ts';
import type { Mark, State } from './state.ts';
import type { Store } from './store.ts';

/** Deliveries wait this long: whoever looks at the conversation reads it at once, and read implies delivered. */
const DELIVERY_DELAY_MS = 150;
const RETRY_MS = 5_000;

type Options = {
  store: Store;
  call: Call;
  ports: Pick<Ports, 'after'>;
  /** One tab tells what has arrived in this browser. */
  leads(): boolean;
  share(note: Note): void;
};

/**
 * The own marks on their way to the server: one request a conversation at a time, always with the latest marks. What could
 * not be told is told after the next connect.
 */
export function createMarks({ store, call, ports, leads, share }: Options) {
  const wanted = new Map<string, Mark>();
  const underWay = new Set<string>();
  let cancelDelivery: (() => void) | null = null;

  /** The reader has seen everything up to and with `seq`. Shown at once, here and in the number of unread messages. */
  function read(conversationId: string, seq: number): void {
    const membership = store.get().conversations.get(conversationId)?.membership;
    if (!membership || seq <= membership.readSeq) return;
    const mark = { readSeq: seq, deliveredSeq: seq };
    store.update((state) => moveOwnMark(state, conversationId, mark));
    share({ kind: 'read', conversationId, mark });
    tellAgain(conversationId, mark);
  }

  /** The server is behind with what was read here, perhaps before a reload. */
  function tellAgain(conversationId: string, mark: Mark): void {
    want(conversationId, mark);
    void tell(conversationId);
  }

  /** Read in another tab, which tells the server itself. */
  function heard(note: Note): void {
    if (note.kind === 'read') store.update((state) => moveOwnMark(state, note.conversationId, note.mark));
  }

  /** Tells the senders what has arrived here. */
  function deliver(): void {
    if (!leads()) return;
    cancelDelivery ??= ports.after(DELIVERY_DELAY_MS, () => {
      cancelDelivery = null;
      for (const [id, deliveredSeq] of undelivered(store.get())) {
        store.update((state) => moveOwnMark(state, id, { readSeq: 0, deliveredSeq }));
        want(id, { readSeq: 0, deliveredSeq });
      }
      flush();
    });
  }

  function flush(): void {
    for (const conversationId of wanted.keys()) void tell(conversationId);
  }

  function want(conversationId: string, mark: Mark): void {
    wanted.set(conversationId, later(wanted.get(conversationId) ?? mark, mark));
  }

  async function tell(conversationId: string): Promise<void> {
    const mark = wanted.get(conversationId);
    if (!mark || underWay.has(conversationId)) return;
    wanted.delete(conversationId);
    underWay.add(conversationId);
    try {
      if (mark.readSeq > 0) await call('read.mark', { conversationId, seq: mark.readSeq });
      if (mark.deliveredSeq > mark.readSeq) await call('delivered.mark', { conversationId, seq: mark.deliveredSeq });
    } catch (error) {
      // A refusal (we are no member any more) needs no further word.
      if (!(error instanceof ChinwagError) || !error.retryable) return;
      want(conversationId, mark);
      // Without a connection the next one flushes.
      if (error.code !== 'disconnected') ports.after(Math.max(RETRY_MS, error.retryAfterMs), flush);
      return;
    } finally {
      underWay.delete(conversationId);
    }
    void tell(conversationId);
  }

  function reset(): void {
    wanted.clear();
    cancelDelivery?.();
    cancelDelivery = null;
  }

  return { read, tellAgain, heard, deliver, flush, reset };
}

export type Marks = ReturnType<typeof createMarks>;

function undelivered(state: State): [id: string, lastSeq: number][] {
  return [...state.conversations.values()]
    .filter((conversation) => conversation.lastSeq > conversation.membership.deliveredSeq)
    .map((conversation) => [conversation.id, conversation.lastSeq]);
}
