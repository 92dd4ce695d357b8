import type { Hello } from '../wire/frames.ts';
import type { Presence } from '../wire/person.ts';
import { applySync, hold, marksAhead } from './apply-sync.ts';
import type { Call } from './commands.ts';
import { dropConversation, hideMessages, putConversation, receiveMessages } from './conversation.ts';
import { ChinwagError, codeOf } from './error.ts';
import type { Ports } from './ports.ts';
import type { Replay } from './replay.ts';
import { initialState, type Mark, type State } from './state.ts';
import type { Store } from './store.ts';

const PAGE = 200;
const RETRY_MS = 2_000;
/** As many as the server lets one request ask for. */
const PRESENCE_AT_ONCE = 500;

type Options = {
  store: Store;
  /** Only through the socket that said hello: what it answers is complete together with the events that follow. */
  call: Call;
  ports: Pick<Ports, 'after' | 'now'>;
  replay: Replay;
  onSynced(): void;
  /** What we have read and the server does not know of, from before a reload. */
  onAhead(conversationId: string, mark: Mark): void;
};

/** Brings the state up to date after each hello, and single conversations when an event shows that something is missing. */
export function createSync({ store, call, ports, replay, onSynced, onAhead }: Options) {
  const catchingUp = new Map<string, number>();
  let latest = 0;

  async function greeted(hello: Hello): Promise<void> {
    const mine = ++latest;
    catchingUp.clear();
    store.update((state) => ({
      ...(state.epoch === null || state.epoch === hello.epoch ? state : afresh(state)),
      hello,
      aheadMs: hello.serverTime - ports.now(),
      epoch: hello.epoch,
      typing: new Map(),
    }));
    try {
      const behind = await replay.after(() => readAll(hello.epoch));
      store.update((state) => ({ ...state, synced: true }));
      for (const [conversationId, rev] of behind) void catchUp(conversationId, rev);
      onSynced();
      await askPresence(peersOf(store.get()));
    } catch (error) {
      // When the connection went, the next hello starts over.
      if (codeOf(error) === 'disconnected') return;
      if (!(error instanceof ChinwagError)) throw error;
      ports.after(Math.max(RETRY_MS, error.retryAfterMs), () => mine === latest && void greeted(hello));
    }
  }

  async function readAll(epoch: string): Promise<Map<string, number>> {
    if (store.get().conversations.size === 0) await listAll();
    return syncAll(epoch);
  }

  /** The first time: the conversations without their histories, which are read when somebody opens them. */
  async function listAll(): Promise<void> {
    for (const archived of [false, true]) {
      let cursor: string | null | undefined;
      do {
        const page = await call('conversation.list', { limit: PAGE, archived, ...(cursor && { cursor }) });
        store.update((state) => page.items.reduce(putConversation, state));
        cursor = page.cursor;
      } while (cursor !== null);
    }
  }

  async function syncAll(epoch: string): Promise<Map<string, number>> {
    const behind = new Map<string, number>();
    for (;;) {
      const asked = store.get().held;
      const answer = await call('sync', { epoch, conversations: Object.fromEntries(asked) });
      const ahead = marksAhead(store.get(), answer);
      store.update((state) => applySync(state, asked, answer, behind));
      for (const [conversationId, mark] of ahead) onAhead(conversationId, mark);
      for (const id of Object.keys(answer.hidden)) if (!store.get().conversations.get(id)?.lastMessage) void refresh(id);
      if (answer.complete) return behind;
    }
  }

  /** Fetches what lies between what we hold and `rev`. One at a time for each conversation; a later call extends it. */
  async function catchUp(conversationId: string, rev: number): Promise<void> {
    const underWay = catchingUp.get(conversationId);
    catchingUp.set(conversationId, Math.max(underWay ?? 0, rev));
    if (underWay !== undefined) return;
    try {
      while (isBehind(conversationId)) await replay.after(() => fetchChanges(conversationId));
      catchingUp.delete(conversationId);
      onSynced();
    } catch (error) {
      const wanted = catchingUp.get(conversationId) ?? rev;
      catchingUp.delete(conversationId);
      if (codeOf(error) === 'disconnected') return;
      if (!(error instanceof ChinwagError)) throw error;
      if (error.retryable) ports.after(Math.max(RETRY_MS, error.retryAfterMs), () => void catchUp(conversationId, wanted));
      else store.update((state) => dropConversation(state, conversationId));
    }
  }

  function isBehind(conversationId: string): boolean {
    return (store.get().held.get(conversationId) ?? -1) < (catchingUp.get(conversationId) ?? 0);
  }

  /**
   * Messages first, the conversation second: so what it says is never older than the `rev` that we hold. Where nobody reads
   * the history the conversation alone will do, unless somebody began to while it was fetched.
   */
  async function fetchChanges(conversationId: string): Promise<void> {
    const known = store.get().held.has(conversationId);
    const reading = store.get().timelines.has(conversationId);
    if (reading) await pageChanges(conversationId);
    const conversation = await call('conversation.get', { conversationId });
    store.update((state) => {
      // Removed while the answer was on its way: it is older than that. The next look says that there is nothing.
      if (known && !state.held.has(conversationId)) return state;
      const put = putConversation(state, conversation);
      return reading || state.timelines.has(conversationId) ? put : hold(put, conversationId, conversation.rev);
    });
    if (!known && conversation.peer) await askPresence([conversation.peer.id]);
  }

  async function pageChanges(conversationId: string): Promise<void> {
    for (let complete = false; !complete;) {
      const changes = await call('conversation.changes', { conversationId, since: store.get().held.get(conversationId) ?? 0, limit: PAGE });
      store.update((state) => {
        const received = hideMessages(receiveMessages(state, conversationId, changes.items), conversationId, changes.hidden);
        return hold(received, conversationId, changes.rev);
      });
      complete = changes.complete;
    }
  }

  /** The newest message was deleted for ourselves: the server knows what comes before it. */
  async function refresh(conversationId: string): Promise<void> {
    try {
      await replay.after(async () => {
        const conversation = await call('conversation.get', { conversationId });
        store.update((state) => (state.held.has(conversationId) ? putConversation(state, conversation) : state));
      });
    } catch (error) {
      // It comes with the next sync.
      if (!(error instanceof ChinwagError)) throw error;
    }
  }

  async function askPresence(userIds: string[]): Promise<void> {
    for (let i = 0; i < userIds.length; i += PRESENCE_AT_ONCE) {
      const answer = await call('presence.get', { ids: userIds.slice(i, i + PRESENCE_AT_ONCE) });
      if ('items' in answer) store.update((state) => putPresence(state, answer.items));
    }
  }

  return { greeted, catchUp, refresh };
}

export type Synchroniser = ReturnType<typeof createSync>;

/** What is written and not yet sent outlives everything. */
function afresh(state: State): State {
  const { session, me, connection, hello, outbox, keeping } = state;
  return { ...initialState, session, me, connection, hello, outbox, keeping };
}

export function putPresence(state: State, items: readonly Presence[]): State {
  const presence = new Map(state.presence);
  for (const item of items) presence.set(item.userId, item);
  return { ...state, presence };
}

function peersOf(state: State): string[] {
  return [...state.conversations.values()].flatMap(({ peer }) => peer?.id ?? []);
}
