import type { CloseCode } from '../wire/errors.ts';
import type { Event } from '../wire/events.ts';
import type { Hello } from '../wire/frames.ts';
import type { Me } from '../wire/person.ts';
import { socketAddress } from './address.ts';
import { backoffMs } from './backoff.ts';
import { routes, type Call, type Input } from './commands.ts';
import { ChinwagError } from './error.ts';
import { applyEvent } from './events.ts';
import { createBlocks } from './blocks.ts';
import { createDrafts } from './drafts.ts';
import { createHistory } from './history.ts';
import { createHttp } from './http.ts';
import { createMarks } from './marks.ts';
import { createNotifications } from './notifications.ts';
import { createOrganisation } from './organisation.ts';
import { createOutbox, type Draft } from './outbox.ts';
import { createPeople } from './people.ts';
import { createPush } from './push.ts';
import { createPins, pinnedUnseen } from './pins.ts';
import { createReactions } from './reactions.ts';
import { createReplay } from './replay.ts';
import { platform, type Ports } from './ports.ts';
import { createCredentials, createSession, type Account, type Token } from './session.ts';
import { createSocket } from './socket.ts';
import { initialState } from './state.ts';
import { createStore } from './store.ts';
import { createSync } from './sync.ts';
import { createThreads } from './threads.ts';
import { createTyping } from './typing.ts';

export type ClientOptions = {
  /** Address of the server, like https://chat.example.com. In a browser by default the one that the page came from. */
  url?: string;
  /** A bearer token, or what fetches a fresh one. In a browser the session cookie is used where there is none. */
  token?: Token;
  /**
   * With the key of an organisation as `token`: in whose name it acts, a person's id or `ext:<your own id of them>`. By default as its bot.
   * A key belongs on servers, never into a page.
   */
  actAs?: string;
  ports?: Partial<Ports>;
};

/**
 * A client of Chinwag for browsers, Node and Bun. It keeps one connection, holds what the person sees in `get()`, and
 * brings it up to date by itself. `start()` first; then `subscribe` tells of each new state.
 */
export function createClient(options: ClientOptions = {}) {
  const ports: Ports = { ...platform, ...options.ports };
  const base = (options.url ?? location.origin).replace(/\/+$/, '');
  const credentials = createCredentials(options.token, options.actAs);
  const store = createStore();
  const http = createHttp(base, ports, credentials);
  const session = createSession(http, credentials, ports);
  const socket = createSocket({
    ports,
    address: socketAddress(base, http, credentials, ports),
    onStatus: (connection) => store.update((state) => ({ ...state, connection })),
    onHello: greeted,
    onEvent: heard,
    onEnd: ended,
  });

  /** Over the socket while it is there, over HTTP while it is not. */
  const call: Call = (name, input) => (socket.isOnline() || routes[name] === null ? socket.call(name, input) : http.call(name, input));

  const outbox = createOutbox({ store, call, ports });
  const marks = createMarks({ store, call, ports });
  const typing = createTyping({ store, call, ports });
  const history = createHistory({ store, call });
  const people = createPeople({ store, call });
  const react = createReactions({ store, call });
  const threads = createThreads({ store, call });
  const loadPins = createPins({ store, call });
  const drafts = createDrafts({ store, call, ports });
  const blocks = createBlocks({ store, call });
  const notifications = createNotifications({ store, call });
  const push = createPush({ call });
  const replay = createReplay((event) => store.update((state) => applyEvent(state, event, ports.now()).state));
  const sync = createSync({ store, call: socket.call, ports, replay, onSynced });
  let starting = 0;

  /** Finds out who is signed in and connects. While the server cannot be reached it keeps trying. */
  async function start(attempt = 0): Promise<void> {
    const mine = ++starting;
    try {
      const me = await session.whoAmI();
      if (mine !== starting) return;
      if (me) enter(me);
      else leave();
    } catch (error) {
      if (!(error instanceof ChinwagError)) throw error;
      const waitMs = backoffMs(attempt, ports.random());
      store.update((state) => ({ ...state, connection: { state: 'waiting', retryAt: ports.now() + waitMs } }));
      ports.after(waitMs, () => mine === starting && void start(attempt + 1));
    }
  }

  function stop(): void {
    starting++;
    socket.stop();
    typing.reset();
    marks.reset();
    drafts.reset();
  }

  function enter(me: Me): void {
    store.update((state) => ({ ...state, session: 'signed-in', me }));
    socket.start();
  }

  function leave(): void {
    stop();
    store.update(() => ({ ...initialState, session: 'signed-out' }));
  }

  function greeted(hello: Hello): void {
    // Somebody else signed in, in another tab: nothing that we hold is theirs.
    if (hello.userId !== store.get().me?.id) {
      leave();
      void start();
      return;
    }
    void sync.greeted(hello).then(readAgain);
  }

  /** What cannot be read now comes with the next hello. */
  async function readAgain(): Promise<void> {
    try {
      await replay.after(() => Promise.all([notifications.refresh(), blocks.refresh()]));
    } catch (error) {
      if (!(error instanceof ChinwagError)) throw error;
    }
  }

  function heard(event: Event): void {
    const before = store.get();
    const { state, missing } = applyEvent(before, event, ports.now());
    store.update(() => state);
    replay.heard(event);
    if (missing) void sync.catchUp(missing.conversationId, missing.rev);
    if (event.type === 'message.hidden' && event.conversationId && !state.conversations.get(event.conversationId)?.lastMessage)
      void sync.refresh(event.conversationId);
    // It comes with the next look at the pins, too.
    if (event.type === 'message.updated' && pinnedUnseen(before, event.data)) void loadPins(event.data.conversationId).catch(() => {});
    if (event.type === 'message.created') marks.deliver();
    if (event.type === 'typing.updated' && event.data.typing && event.conversationId) typing.heard(event.conversationId, event.data.userId);
  }

  function onSynced(): void {
    outbox.flush();
    marks.flush();
    marks.deliver();
  }

  /** After a protocol error a reload may bring a client that fits; otherwise nobody is signed in here any longer. */
  function ended(code: CloseCode): void {
    if (code === 4011) return;
    const { connection } = store.get();
    credentials.keep(null);
    leave();
    store.update((state) => ({ ...state, connection }));
  }

  return {
    get: store.get,
    subscribe: store.subscribe,
    start: () => start(),
    stop,
    /** Any command, with its input and answer as the wire has them. */
    call,
    react,
    signUp: (account: Account) => session.signUp(account).then(() => start()),
    signIn: (account: Pick<Account, 'email' | 'password'>) => session.signIn(account).then(() => start()),
    signOut: () => session.signOut().then(leave),
    openConversation: history.open,
    openAround: history.openAround,
    loadOlder: history.loadOlder,
    loadNewer: history.loadNewer,
    leavePast: history.leavePast,
    send(conversationId: string, draft: Draft) {
      typing.sent(conversationId);
      return outbox.send(conversationId, draft);
    },
    openThread: threads.open,
    loadOlderInThread: threads.loadOlder,
    closeThread: threads.close,
    markThreadRead: threads.markRead,
    loadThreadMarks: threads.loadMarks,
    setDraft: drafts.set,
    loadOlderNotifications: notifications.loadOlder,
    markNotificationsRead: notifications.markRead,
    markAllNotificationsRead: notifications.markAllRead,
    loadBlocks: () => replay.after(blocks.load),
    setBlocked: blocks.set,
    /** For the person alone, on all their devices. */
    hideMessage: (messageId: string) => call('message.delete', { messageId, for: 'me' }),
    /** Reads what is pinned in a conversation; from then on events keep it. */
    loadPins,
    setPinned: (messageId: string, pinned: boolean) => call(pinned ? 'pin.add' : 'pin.remove', { messageId }),
    forward: (messageId: string, conversationId: string, clientId?: string) =>
      call('message.forward', { messageId, conversationId, ...(clientId && { clientId }) }),
    /** One page of what the person may read; go on with its `cursor` until that is null. Rejects with a ChinwagError. */
    search: (input: Input<'message.search'>) => call('message.search', input),
    retry: outbox.retry,
    discard: outbox.discard,
    markRead: marks.read,
    setTyping: typing.set,
    organisation: createOrganisation(call),
    startDirect: people.startDirect,
    startGroup: people.startGroup,
    loadMembers: people.loadMembers,
    watchPresence: people.watchPresence,
    getProfile: people.getProfile,
    updateProfile: people.updateProfile,
    leaveConversation: people.leaveConversation,
    ...push,
  };
}

export type Client = ReturnType<typeof createClient>;
export { AuthError } from './session.ts';
export { ChinwagError, codeOf, type FailureCode } from './error.ts';
export type { PushSubscriptionJson } from './push.ts';
export { findMessage } from './conversation.ts';
export { statusOf } from './receipts.ts';
export type { Account } from './session.ts';
export type { Connection, Notifications, OpenThread, PendingMessage, State, Timeline } from './state.ts';
