import type { Event } from '../wire/events.ts';
import type { Hello } from '../wire/frames.ts';
import { socketAddress } from './address.ts';
import { routes, type Call, type Input } from './commands.ts';
import { ChinwagError } from './error.ts';
import { applyEvent } from './events.ts';
import { createBlocks } from './blocks.ts';
import { createDrafts } from './drafts.ts';
import { createGuess } from './guess.ts';
import { createHistory } from './history.ts';
import { createHttp } from './http.ts';
import { createLifecycle } from './lifecycle.ts';
import { createMarks } from './marks.ts';
import { createNotifications } from './notifications.ts';
import { createOrganisation } from './organisation.ts';
import { createOutbox, type Draft } from './outbox.ts';
import { createPeople } from './people.ts';
import { createPush } from './push.ts';
import type { Note } from './notes.ts';
import { createPersistence } from './persistence.ts';
import { createPins, pinnedUnseen } from './pins.ts';
import { createPolls } from './polls.ts';
import { createReactions } from './reactions.ts';
import { createReplay } from './replay.ts';
import type { ClientOptions } from './options.ts';
import { platform, socketsMadeBy, type Ports } from './ports.ts';
import { createCredentials, createSession } from './session.ts';
import { createSharedSocket } from './shared-socket.ts';
import type { Mark } from './state.ts';
import { createStore } from './store.ts';
import { createSync } from './sync.ts';
import { createThreads } from './threads.ts';
import { createTyping } from './typing.ts';
import { createWatching } from './watching.ts';

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
    onEnd: (code) => lifecycle.ended(code),
    onNote: noted,
    onFollow: () => outbox.announce(),
    onLead: () => void persistence.refreshOutbox().then(() => outbox.flush()),
  });

  const guess = createGuess();
  /** Over the socket while it is there, over HTTP while it is not. */
  const call: Call = (name, input) => {
    if (guess.isOpen()) return guess.whenRight().then(() => call(name, input));
    return socket.isOnline() || routes[name] === null ? socket.call(name, input) : http.call(name, input);
  };

  const among = { leads: socket.isLeading, share: socket.share };
  const outbox = createOutbox({ store, call, ports, ...among });
  const marks = createMarks({ store, call, ports, ...among });
  const watching = createWatching({ store, call: socket.call, ...among });
  const typing = createTyping({ store, call, ports });
  const { arrived, ...history } = createHistory({ store, call });
  const { refreshMe, ...people } = createPeople({ store, call });
  const react = createReactions({ store, call });
  const threads = createThreads({ store, call });
  const loadPins = createPins({ store, call });
  const polls = createPolls({ store, call });
  const drafts = createDrafts({ store, call, ports });
  const blocks = createBlocks({ store, call });
  const notifications = createNotifications({ store, call });
  const push = createPush({ call });
  const replay = createReplay((event) => store.update((state) => applyEvent(state, event, ports.now()).state));
  const onAhead = (conversationId: string, mark: Mark): void => {
    if (socket.isLeading()) marks.tellAgain(conversationId, mark);
  };
  const sync = createSync({ store, call: socket.call, ports, replay, onSynced, onAhead });
  const lifecycle = createLifecycle({
    store,
    ports,
    credentials,
    session,
    persistence,
    guess,
    userId: options.userId,
    connect: (me) => socket.start(`${name} ${me.id}`),
    disconnect() {
      socket.stop();
      for (const part of [typing, marks, drafts, outbox]) part.reset();
    },
    onSignedOut: () => socket.share({ kind: 'signed out' }),
  });

  function greeted(hello: Hello): void {
    if (hello.userId !== store.get().me?.id) return void lifecycle.beginAnew();
    watching.connected();
    const again = store.get().synced;
    void sync.greeted(hello).then(() => readAgain(again));
  }

  function noted(note: Note): void {
    if (note.kind === 'signed out') return void lifecycle.leave('everything');
    outbox.heard(note);
    marks.heard(note);
    watching.heard(note);
  }

  /** What cannot be read now comes with the next hello. */
  async function readAgain(again: boolean): Promise<void> {
    try {
      await replay.after(() =>
        Promise.all([notifications.refresh(), blocks.refresh(), again && refreshMe(), store.get().preferences && notifications.loadPreferences()]),
      );
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
    if (event.type === 'message.created') {
      marks.deliver();
      arrived(event.data.conversationId);
    }
    if (event.type === 'typing.updated' && event.data.typing && event.conversationId) typing.heard(event.conversationId, event.data.userId);
  }

  function onSynced(): void {
    outbox.flush();
    marks.flush();
    marks.deliver();
  }

  return {
    get: store.get,
    subscribe: store.subscribe,
    until: store.until,
    start: lifecycle.start,
    stop: lifecycle.stop,
    /** Any command, with its input and answer as the wire has them. */
    call,
    react,
    signUp: lifecycle.signUp,
    signIn: lifecycle.signIn,
    /** Also takes everything that was kept from this device. Rejects, and changes nothing, while the server cannot be reached. */
    signOut: lifecycle.signOut,
    ...history,
    send(conversationId: string, draft: Draft) {
      typing.sent(conversationId);
      return outbox.send(conversationId, draft);
    },
    ...threads,
    setDraft: drafts.set,
    loadOlderNotifications: notifications.loadOlder,
    markNotificationsRead: notifications.markRead,
    markAllNotificationsRead: notifications.markAllRead,
    loadPreferences: () => replay.after(notifications.loadPreferences),
    updatePreferences: (changed: Input<'preference.update'>) => replay.after(() => notifications.updatePreferences(changed)),
    loadBlocks: () => replay.after(blocks.load),
    setBlocked: blocks.set,
    /** For the person alone, on all their devices. */
    hideMessage: (messageId: string) => call('message.delete', { messageId, for: 'me' }),
    /** Reads what is pinned in a conversation; from then on events keep it. */
    loadPins,
    setPinned: (messageId: string, pinned: boolean) => call(pinned ? 'pin.add' : 'pin.remove', { messageId }),
    forward: (messageId: string, conversationId: string, clientId?: string) =>
      call('message.forward', { messageId, conversationId, ...(clientId && { clientId }) }),
    /** Asks with a poll: on its way like what is sent. */
    createPoll: outbox.ask,
    ...polls,
    /** One page of what the person may read; go on with its `cursor` until that is null. Rejects with a ChinwagError. */
    search: (input: Input<'message.search'>) => call('message.search', input),
    retry: outbox.retry,
    discard: outbox.discard,
    markRead: marks.read,
    setTyping: typing.set,
    organisation: createOrganisation(call),
    ...people,
    /** Hears who of these comes and goes, until the answer is called. */
    watch: watching.watch,
    updateProfile: (changed: Input<'person.update'>) => replay.after(() => people.updateProfile(changed)),
    ...push,
  };
}

export type Client = ReturnType<typeof createClient>;
export type { ClientOptions } from './options.ts';
export { AuthError } from './session.ts';
export { ChinwagError, codeOf, type FailureCode } from './error.ts';
export type { PushSubscriptionJson } from './push.ts';
export { findMessage } from './conversation.ts';
export { createItems, type ChatItem } from './items.ts';
export { pollOf } from './polls.ts';
export { statusOf } from './receipts.ts';
export type { Draft, PollDraft } from './outbox.ts';
export type { Account } from './session.ts';
export type { Connection, Notifications, OpenThread, PendingMessage, PendingPoll, State, Timeline } from './state.ts';
