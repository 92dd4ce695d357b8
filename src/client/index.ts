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
import { credentialOf } from './identity.ts';
import { createHistory } from './history.ts';
import { createHttp } from './http.ts';
import { createMarks } from './marks.ts';
import { createNotifications } from './notifications.ts';
import { createOrganisation } from './organisation.ts';
import { createOutbox, type Draft } from './outbox.ts';
import { createPeople } from './people.ts';
import { createPush } from './push.ts';
import type { Note } from './notes.ts';
import { createPersistence } from './persistence.ts';
import { createPins, pinnedUnseen } from './pins.ts';
import { createReactions } from './reactions.ts';
import { createReplay } from './replay.ts';
import { platform, socketsMadeBy, type Ports, type WebSocketLike } from './ports.ts';
import { createCredentials, createSession, type Account, type Token } from './session.ts';
import { createSharedSocket } from './shared-socket.ts';
import { initialState, type Mark } from './state.ts';
import { createStore } from './store.ts';
import { createSync } from './sync.ts';
import { createThreads } from './threads.ts';
import { createTyping } from './typing.ts';
import { createWatching } from './watching.ts';

export type ClientOptions = {
  /** Address of the server, like https://chat.example.com. In a browser by default the one that the page came from. */
  url?: string;
  /** A bearer token, or what fetches a fresh one. In a browser the session cookie is used where there is none. */
  token?: Token;
  /** The Cookie header of somebody's session, for programs that act for them. Browsers send theirs by themselves. */
  cookie?: string;
  /**
   * With the key of an organisation as `token`: in whose name it acts, a person's id or `ext:<your own id of them>`. By default as its bot.
   * A key belongs on servers, never into a page.
   */
  actAs?: string;
  /**
   * Who the page knows to be signed in, by id or externalId. What is kept for them then shows before the server has answered, also
   * where `token` cannot be had offline, and nothing of anybody else.
   */
  userId?: string;
  /** Whether the state and unsent messages outlive the page. By default they do, in browsers. */
  persist?: boolean;
  /**
   * How a socket is made where the platform has no WebSocket of its own (Node before 22), for example with the `ws` package:
   * `(url, protocol, headers) => new WebSocket(url, protocol, { headers })`.
   */
  webSocket?: (url: string, protocol: string, headers: Record<string, string>) => WebSocketLike;
  ports?: Partial<Ports>;
};

/**
 * A client of Chinwag for browsers, Node and Bun. It keeps one connection for all tabs, holds what the person sees in `get()`, and
 * brings it up to date by itself. `start()` first; then `subscribe` tells of each new state.
 */
export function createClient(options: ClientOptions = {}) {
  const ports: Ports = { ...platform, ...(options.webSocket && { openSocket: socketsMadeBy(options.webSocket) }), ...options.ports };
  const base = (options.url ?? location.origin).replace(/\/+$/, '');
  const name = `chinwag ${base}`;
  const credentials = createCredentials(options);
  const store = createStore();
  const http = createHttp(base, ports, credentials);
  const session = createSession(http, credentials, ports);
  const persistence = createPersistence({ store, ports, storage: options.persist === false ? null : ports.openStorage(name) });
  const socket = createSharedSocket({
    ports,
    tabs: ports.tabs,
    address: socketAddress(base, http, credentials, ports),
    onStatus: (connection) => store.update((state) => ({ ...state, connection })),
    onHello: greeted,
    onEvent: heard,
    onEnd: ended,
    onNote: noted,
    onFollow: () => outbox.announce(),
    onLead: () => void persistence.refreshOutbox().then(() => outbox.flush()),
  });

  /** Over the socket while it is there, over HTTP while it is not. */
  const call: Call = (name, input) => (socket.isOnline() || routes[name] === null ? socket.call(name, input) : http.call(name, input));

  const among = { leads: socket.isLeading, share: socket.share };
  const outbox = createOutbox({ store, call, ports, ...among });
  const marks = createMarks({ store, call, ports, ...among });
  const watching = createWatching({ store, call: socket.call, ...among });
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
  const onAhead = (conversationId: string, mark: Mark): void => {
    if (socket.isLeading()) marks.tellAgain(conversationId, mark);
  };
  const sync = createSync({ store, call: socket.call, ports, replay, onSynced, onAhead });
  let starting = 0;

  /** Shows what is kept, finds out who is signed in, and connects. While the server cannot be reached it keeps trying. */
  async function start(): Promise<void> {
    const mine = ++starting;
    const credential = await credentials.token().then(credentialOf, () => null);
    if (mine === starting) await persistence.restore({ credential, userId: options.userId });
    if (mine === starting) await identify();
  }

  async function identify(attempt = 0): Promise<void> {
    const mine = ++starting;
    try {
      const me = await session.whoAmI();
      if (mine !== starting) return;
      if (me) await enter(me, mine);
      else await leave('all but the outbox');
    } catch (error) {
      if (!(error instanceof ChinwagError)) throw error;
      const waitMs = backoffMs(attempt, ports.random());
      store.update((state) => ({ ...state, connection: { state: 'waiting', retryAt: ports.now() + waitMs } }));
      ports.after(waitMs, () => mine === starting && void identify(attempt + 1));
    }
  }

  function stop(): void {
    starting++;
    persistence.saveNow();
    socket.stop();
    typing.reset();
    marks.reset();
    drafts.reset();
    outbox.reset();
  }

  async function enter(me: Me, mine: number): Promise<void> {
    store.update((state) => ({ ...(state.me && state.me.id !== me.id ? initialState : state), session: 'signed-in', me }));
    await persistence.adopt(me, await credentials.token().then(credentialOf, () => null));
    if (mine === starting) socket.start(`${name} ${me.id}`);
  }

  /** Nothing of the person stays on the screen. On the device what they had not sent may wait for them. */
  async function leave(what: 'everything' | 'all but the outbox'): Promise<void> {
    persistence.pause();
    stop();
    store.update(() => ({ ...initialState, session: 'signed-out' }));
    await persistence.forget(what);
  }

  function greeted(hello: Hello): void {
    // Somebody else signed in, in another tab: nothing that we hold is theirs.
    if (hello.userId !== store.get().me?.id) {
      void leave('everything').then(() => identify());
      return;
    }
    watching.connected();
    void sync.greeted(hello).then(readAgain);
  }

  function noted(note: Note): void {
    if (note.kind === 'signed out') return void leave('everything');
    outbox.heard(note);
    marks.heard(note);
    watching.heard(note);
  }

  /** What cannot be read now comes with the next hello. */
  async function readAgain(): Promise<void> {
    try {
      await replay.after(() => Promise.all([notifications.refresh(), blocks.refresh()]));
    } catch (error) {
      if (!(error instanceof ChinwagError)) throw error;
    }
  }

  async function signOut(): Promise<void> {
    await session.signOut();
    socket.share({ kind: 'signed out' });
    await leave('everything');
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
    void leave(code === 4001 ? 'all but the outbox' : 'everything');
    store.update((state) => ({ ...state, connection }));
  }

  return {
    get: store.get,
    subscribe: store.subscribe,
    until: store.until,
    start,
    stop,
    /** Any command, with its input and answer as the wire has them. */
    call,
    react,
    signUp: (account: Account) => session.signUp(account).then(() => identify()),
    signIn: (account: Pick<Account, 'email' | 'password'>) => session.signIn(account).then(() => identify()),
    /** Also takes everything that was kept from this device. Rejects, and changes nothing, while the server cannot be reached. */
    signOut,
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
    /** Hears who of these comes and goes, until the answer is called. */
    watch: watching.watch,
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
export { createItems, type ChatItem } from './items.ts';
export { statusOf } from './receipts.ts';
export type { Draft } from './outbox.ts';
export type { Account } from './session.ts';
export type { Connection, Notifications, OpenThread, PendingMessage, State, Timeline } from './state.ts';
