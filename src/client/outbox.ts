import type { Message, ReplyPreview } from '../wire/messages.ts';
import { backoffMs } from './backoff.ts';
import type { Call, Input } from './commands.ts';
import { receiveMessages } from './conversation.ts';
import { ChinwagError } from './error.ts';
import type { Note } from './notes.ts';
import { dropPending, findPending, isStored, newClientId, nextCreatedAt, putPending } from './pending.ts';
import type { Ports } from './ports.ts';
import type { PendingMessage, PendingPoll } from './state.ts';
import type { Store } from './store.ts';

/** A poll: its question, at least two options, and in how it differs from one choice with names and without an end. */
export type PollDraft = Pick<Draft, 'threadId' | 'alsoToConversation'> & { question: string; options: readonly string[] } & Partial<PendingPoll>;

export type Draft = {
  content: string;
  replyTo?: ReplyPreview;
  /** The message that it hangs under. */
  threadId?: string;
  alsoToConversation?: boolean;
  /** Ids of members, or `all`. */
  mentions?: readonly string[];
  poll?: PendingPoll;
};

/** After so many answers of "try again" a message counts as failed, and the person decides. */
const ATTEMPTS_MAX = 6;

type Options = {
  store: Store;
  call: Call;
  ports: Pick<Ports, 'after' | 'now' | 'random'>;
  /** Only one tab sends, so that all messages of a conversation leave in one order, whichever tab they were written in. */
  leads(): boolean;
  share(note: Note): void;
};

/**
 * Messages on their way. Each conversation sends one at a time, so that they arrive in the order in which they were written;
 * each keeps its `clientId` until the server has confirmed it. Without a connection they are tried again, ever less often, and at
 * once with the next connection.
 */
export function createOutbox({ store, call, ports, leads, share }: Options) {
  const sending = new Set<string>();
  /** Answered or discarded: another tab may tell of one before it has heard that. */
  const over = new Set<string>();
  const waiting = new Map<string, { cancel(): void; untilConnected: boolean }>();

  function send(conversationId: string, { content, replyTo, threadId, alsoToConversation, mentions, poll }: Draft): PendingMessage {
    const pending: PendingMessage = {
      clientId: newClientId(),
      conversationId,
      content,
      replyTo: replyTo ?? null,
      threadId: threadId ?? null,
      alsoToConversation: alsoToConversation ?? false,
      mentions: mentions ?? [],
      ...(poll && { poll }),
      createdAt: nextCreatedAt(store.get(), conversationId, ports.now()),
      status: 'pending',
      error: null,
    };
    put(pending);
    return pending;
  }

  const ask = (
    conversationId: string,
    { question, options, multiple = false, anonymous = false, closesAt = null, ...where }: PollDraft,
  ): PendingMessage => send(conversationId, { content: question, poll: { options, multiple, anonymous, closesAt }, ...where });

  /** Sends a failed message again, under the same name. */
  function retry(conversationId: string, clientId: string): void {
    const failed = findPending(store.get(), conversationId, clientId);
    if (failed) put({ ...failed, status: 'pending', error: null });
  }

  function discard(conversationId: string, clientId: string): void {
    settle(conversationId, clientId, null);
  }

  /** Everything that still waits: after a connect, and when this tab takes the lead. */
  function flush(): void {
    if (!leads()) return announce();
    for (const conversationId of store.get().outbox.keys()) {
      if (waiting.get(conversationId)?.untilConnected) stopWaiting(conversationId);
      void drain(conversationId);
    }
  }

  /** To a tab that leads and may not know of them: it has just taken the lead, led before this one came, or stood still. */
  function announce(): void {
    for (const pending of [...store.get().outbox.values()].flat()) if (pending.status === 'pending') share({ kind: 'pending', pending });
  }

  function put(pending: PendingMessage): void {
    store.update((state) => putPending(state, pending));
    share({ kind: 'pending', pending });
    void drain(pending.conversationId);
  }

  function settle(conversationId: string, clientId: string, message: Message | null): void {
    end(conversationId, clientId, message);
    share({ kind: 'settled', conversationId, clientId, message });
  }

  /** A conversation that is gone takes nothing in; its message is confirmed all the same. */
  function end(conversationId: string, clientId: string, message: Message | null): void {
    over.add(clientId);
    store.update((state) => dropPending(message ? receiveMessages(state, conversationId, [message]) : state, conversationId, clientId));
  }

  async function drain(conversationId: string, attempt = 0): Promise<void> {
    const pending = next(conversationId);
    if (!leads() || !pending || sending.has(conversationId) || waiting.has(conversationId)) return;
    sending.add(conversationId);
    const failure = await attemptOf(pending).finally(() => sending.delete(conversationId));
    if (!failure) return drain(conversationId);
    const disconnected = failure.code === 'disconnected';
    if (failure.retryable && (disconnected || attempt < ATTEMPTS_MAX)) return wait(conversationId, attempt, failure);
    if (findPending(store.get(), conversationId, pending.clientId)) put({ ...pending, status: 'failed', error: failure.code });
    return drain(conversationId);
  }

  function wait(conversationId: string, attempt: number, { code, retryAfterMs }: ChinwagError): void {
    const waitMs = Math.max(retryAfterMs, backoffMs(attempt, ports.random()));
    const cancel = ports.after(waitMs, () => {
      waiting.delete(conversationId);
      void drain(conversationId, attempt + 1);
    });
    waiting.set(conversationId, { cancel, untilConnected: code === 'disconnected' });
  }

  function stopWaiting(conversationId: string): void {
    waiting.get(conversationId)?.cancel();
    waiting.delete(conversationId);
  }

  async function attemptOf(pending: PendingMessage): Promise<ChinwagError | null> {
    const { conversationId, clientId } = pending;
    try {
      settle(
        conversationId,
        clientId,
        await (pending.poll ? call('poll.create', askOf(pending, pending.poll)) : call('message.send', inputOf(pending))),
      );
      return null;
    } catch (error) {
      if (error instanceof ChinwagError) return error;
      throw error;
    }
  }

  /** What another tab did with a message. */
  function heard(note: Note): void {
    if (note.kind === 'settled') return end(note.conversationId, note.clientId, note.message);
    if (note.kind !== 'pending') return;
    const { conversationId, clientId } = note.pending;
    if (!over.has(clientId) && !isStored(store.get(), note.pending)) {
      store.update((state) => putPending(state, note.pending));
      void drain(conversationId);
    } else if (leads()) settle(conversationId, clientId, null);
  }

  function next(conversationId: string): PendingMessage | undefined {
    return store
      .get()
      .outbox.get(conversationId)
      ?.find((pending) => pending.status === 'pending');
  }

  function reset(): void {
    for (const conversationId of waiting.keys()) stopWaiting(conversationId);
  }

  return { send, ask, retry, discard, flush, announce, heard, reset };
}

export type Outbox = ReturnType<typeof createOutbox>;

type Named = Pick<Input<'message.send'>, 'conversationId' | 'clientId' | 'threadId' | 'alsoToConversation'>;
const named = ({ conversationId, clientId, threadId, alsoToConversation }: PendingMessage): Named => ({
  conversationId,
  clientId,
  ...(threadId !== null && { threadId, alsoToConversation }),
});

function inputOf(pending: PendingMessage): Input<'message.send'> {
  const { content, replyTo, mentions } = pending;
  return { ...named(pending), content, ...(replyTo && { replyToId: replyTo.id }), ...(mentions.length > 0 && { mentions: [...mentions] }) };
}

function askOf(pending: PendingMessage, { options, closesAt, ...how }: PendingPoll): Input<'poll.create'> {
  return { ...named(pending), question: pending.content, options: [...options], ...how, ...(closesAt !== null && { closesAt }) };
}
