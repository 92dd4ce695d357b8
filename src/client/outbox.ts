import type { ReplyPreview } from '../wire/messages.ts';
import { backoffMs } from './backoff.ts';
import type { Call, Input } from './commands.ts';
import { receiveMessages } from './conversation.ts';
import { ChinwagError, type FailureCode } from './error.ts';
import type { Ports } from './ports.ts';
import { withEntry, withoutEntry, type PendingMessage, type State } from './state.ts';
import type { Store } from './store.ts';

export type Draft = {
  content: string;
  replyTo?: ReplyPreview;
  /** The message that it hangs under. */
  threadId?: string;
  alsoToConversation?: boolean;
  /** Ids of members, or `all`. */
  mentions?: readonly string[];
};

/** After so many answers of "try again" a message counts as failed, and the person decides. */
const ATTEMPTS_MAX = 6;

/**
 * Messages on their way. Each conversation sends one at a time, so that they arrive in the order in which they were written;
 * each keeps its `clientId` until the server has confirmed it. While there is no connection they wait for the next one.
 */
export function createOutbox({ store, call, ports }: { store: Store; call: Call; ports: Pick<Ports, 'after' | 'now' | 'random'> }) {
  const sending = new Set<string>();

  function send(conversationId: string, { content, replyTo, threadId, alsoToConversation, mentions }: Draft): PendingMessage {
    const pending: PendingMessage = {
      clientId: newClientId(),
      conversationId,
      content,
      replyTo: replyTo ?? null,
      threadId: threadId ?? null,
      alsoToConversation: alsoToConversation ?? false,
      mentions: mentions ?? [],
      createdAt: ports.now(),
      status: 'pending',
      error: null,
    };
    store.update((state) => withPending(state, conversationId, (list) => [...list, pending]));
    void drain(conversationId);
    return pending;
  }

  /** Sends a failed message again, under the same name. */
  function retry(conversationId: string, clientId: string): void {
    store.update((state) => replace(state, conversationId, clientId, { status: 'pending', error: null }));
    void drain(conversationId);
  }

  function discard(conversationId: string, clientId: string): void {
    store.update((state) => withPending(state, conversationId, (list) => list.filter((pending) => pending.clientId !== clientId)));
  }

  /** After a connect: everything that still waits. */
  function flush(): void {
    for (const conversationId of store.get().outbox.keys()) void drain(conversationId);
  }

  async function drain(conversationId: string, attempt = 0): Promise<void> {
    const pending = next(conversationId);
    if (!pending || sending.has(conversationId)) return;
    sending.add(conversationId);
    const failure = await attemptOf(pending).finally(() => sending.delete(conversationId));
    if (!failure) return drain(conversationId);
    if (failure.code === 'disconnected') return;
    if (failure.retryable && attempt < ATTEMPTS_MAX) {
      ports.after(Math.max(failure.retryAfterMs, backoffMs(attempt, ports.random())), () => void drain(conversationId, attempt + 1));
      return;
    }
    fail(pending, failure.code);
    return drain(conversationId);
  }

  async function attemptOf(pending: PendingMessage): Promise<ChinwagError | null> {
    const { conversationId } = pending;
    try {
      const message = await call('message.send', inputOf(pending));
      store.update((state) => receiveMessages(state, conversationId, [message]));
      // A conversation that is gone takes nothing in; its message is confirmed all the same.
      discard(conversationId, pending.clientId);
      return null;
    } catch (error) {
      if (error instanceof ChinwagError) return error;
      throw error;
    }
  }

  function fail({ conversationId, clientId }: PendingMessage, error: FailureCode): void {
    store.update((state) => replace(state, conversationId, clientId, { status: 'failed', error }));
  }

  function next(conversationId: string): PendingMessage | undefined {
    return store
      .get()
      .outbox.get(conversationId)
      ?.find((pending) => pending.status === 'pending');
  }

  return { send, retry, discard, flush };
}

export type Outbox = ReturnType<typeof createOutbox>;

function inputOf({ conversationId, clientId, content, replyTo, threadId, alsoToConversation, mentions }: PendingMessage): Input<'message.send'> {
  return {
    conversationId,
    clientId,
    content,
    ...(replyTo && { replyToId: replyTo.id }),
    ...(threadId !== null && { threadId, alsoToConversation }),
    ...(mentions.length > 0 && { mentions: [...mentions] }),
  };
}

function replace(state: State, conversationId: string, clientId: string, change: Partial<PendingMessage>): State {
  return withPending(state, conversationId, (list) => list.map((pending) => (pending.clientId === clientId ? { ...pending, ...change } : pending)));
}

function withPending(state: State, conversationId: string, change: (list: readonly PendingMessage[]) => readonly PendingMessage[]): State {
  const before = state.outbox.get(conversationId) ?? [];
  const after = change(before);
  if (after.length === before.length && after.every((pending, i) => pending === before[i])) return state;
  const outbox = after.length > 0 ? withEntry(state.outbox, conversationId, after) : withoutEntry(state.outbox, conversationId);
  return { ...state, outbox };
}

/** 128 random bits. `crypto.randomUUID` would be shorter to write, but pages without https do not have it. */
function newClientId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
