import type { Me } from '../wire/person.ts';
import { createCache, type Cache, type Change, type Kept } from './cache.ts';
import { limits } from './limits.ts';
import type { Ports } from './ports.ts';
import { settled } from './receipts.ts';
import { addPending, putPending } from './pending.ts';
import { initialState, type State } from './state.ts';
import type { KeptConversation, KeptPerson, Storage } from './storage.ts';
import type { Store } from './store.ts';
import { newest } from './timeline.ts';

/** What arrives in a burst is saved together. What the person wrote is saved at once. */
const SAVE_DELAY_MS = 300;

/** Who seems to be signed in. `userId` where the page knows it, by id or external id. */
type Claim = { credential: string | null; userId: string | undefined };
type Options = { store: Store; storage: Storage | null; ports: Pick<Ports, 'after' | 'onHide'> };

/**
 * Keeps the state and the outbox on the device and brings them back. A device that cannot keep anything (a private window, a full
 * disk) is said in `state.keeping`, and the client works without.
 */
export function createPersistence({ store, storage, ports }: Options) {
  const cache: Cache | null = storage && createCache(storage);
  /** The state as it was saved last; null while nobody's state is to be kept. */
  let saved: State | null = null;
  let work: Promise<unknown> = Promise.resolve();
  let cancelSave: (() => void) | null = null;
  store.subscribe(changed);
  ports.onHide(saveNow);

  /** Shows what was kept, where it is the same person's as far as that can be told without the server. */
  async function restore({ credential, userId }: Claim): Promise<void> {
    if (!cache || store.get().me) return;
    const kept = await attempt(() => cache.load());
    if (!kept || store.get().me || !isTheirs(kept, { credential, userId })) return;
    store.update((state) => shownAgain(state, kept));
    saved = store.get();
  }

  /** The server has said who this is. What was kept for somebody else is gone. */
  async function adopt(me: Me, credential: string | null): Promise<void> {
    if (!cache) return;
    const outbox = await attempt(() => cache.adopt(me, credential));
    if (!outbox) return;
    if (saved?.me?.id !== me.id) saved = { ...initialState, me };
    store.update((state) => (state.me?.id === me.id ? outbox.reduce(putPending, state) : state));
    saved = { ...saved, outbox: store.get().outbox };
  }

  /** What other tabs wrote before this one heard of them. */
  async function refreshOutbox(): Promise<void> {
    const kept = await (cache && attempt(() => cache.load()));
    if (kept) store.update((state) => (state.me?.id === kept.owner.userId ? kept.outbox.reduce(addPending, state) : state));
  }

  function forget(what: 'everything' | 'all but the outbox'): Promise<unknown> {
    pause();
    return cache ? attempt(() => cache.wipe(what)) : Promise.resolve();
  }

  /** From now on nothing is kept, until somebody is adopted. */
  function pause(): void {
    saved = null;
    cancelSave?.();
    cancelSave = null;
  }

  function changed(): void {
    if (!cache || !saved || saved.me?.id !== store.get().me?.id) return;
    if (store.get().outbox !== saved.outbox) saveNow();
    else cancelSave ??= ports.after(SAVE_DELAY_MS, saveNow);
  }

  function saveNow(): void {
    cancelSave?.();
    cancelSave = null;
    const before = saved;
    const now = store.get();
    if (!cache || !before || !now.me || before.me?.id !== now.me.id) return;
    saved = now;
    const change = changeOf(before, now, now.me);
    if (change) void attempt(() => cache.save(change).then(() => true)).then((done) => done === null && tryAllAgain(now));
  }

  /** Nothing of it may be there. */
  function tryAllAgain({ me, epoch }: State): void {
    if (saved?.me?.id === me?.id) saved = { ...initialState, me, epoch };
  }

  /** One after another, in the order of the calls. */
  function attempt<Result>(task: () => Promise<Result>): Promise<Result | null> {
    const turn = work.then(task).then(
      (result) => (said('working'), result),
      () => (said('failed'), null),
    );
    work = turn;
    return turn;
  }

  function said(keeping: State['keeping']): void {
    store.update((state) => (state.keeping === keeping ? state : { ...state, keeping }));
  }

  return { restore, adopt, refreshOutbox, forget, pause, saveNow };
}

export type Persistence = ReturnType<typeof createPersistence>;

function isTheirs({ owner, person: { me } }: Kept, { credential, userId }: Claim): boolean {
  if (userId !== undefined) return userId === me.id || userId === me.externalId;
  return credential !== null && credential === owner.credential;
}

function shownAgain(state: State, { owner, person, conversations, outbox }: Kept): State {
  const byId = <Value>(valueOf: (kept: KeptConversation) => Value): Map<string, Value> =>
    new Map(conversations.map((kept) => [kept.conversation.id, valueOf(kept)]));
  const timelines = conversations.flatMap(({ conversation, timeline }) => (timeline ? [[conversation.id, timeline] as const] : []));
  const shown: State = {
    ...state,
    ...person,
    session: 'signed-in',
    epoch: owner.epoch,
    conversations: byId(({ conversation }) => conversation),
    held: byId(({ rev }) => rev),
    timelines: new Map(timelines),
  };
  return outbox.reduce(putPending, shown);
}

function changeOf(before: State, now: State, me: Me): Change | null {
  const outbox = differences(flat(before.outbox), flat(now.outbox));
  const conversations = changedConversations(before, now);
  const person = before.me === now.me && before.notifications === now.notifications && before.blocks === now.blocks ? null : personOf(now, me);
  if (outbox.size === 0 && conversations.size === 0 && !person && before.epoch === now.epoch) return null;
  return { userId: me.id, epoch: { before: before.epoch, now: now.epoch }, person, conversations, outbox };
}

function personOf({ aheadMs, notifications, blocks }: State, me: Me): KeptPerson {
  return { me, aheadMs, notifications, blocks };
}

/** A conversation, its history and how far both have come are one thing. */
function changedConversations(before: State, now: State): Map<string, KeptConversation | null> {
  const parts = [
    differences(before.conversations, now.conversations),
    differences(before.held, now.held),
    differences(before.timelines, now.timelines),
    differences(before.marks, now.marks),
  ];
  return new Map(parts.flatMap((part) => [...part.keys()]).map((id) => [id, keptOf(now, id)]));
}

function keptOf(state: State, id: string): KeptConversation | null {
  const conversation = state.conversations.get(id);
  const rev = state.held.get(id);
  if (!conversation || rev === undefined) return null;
  const timeline = state.timelines.get(id);
  // Somewhere in the past nothing joins it to what comes.
  const whole = timeline?.status === 'ready' && !timeline.hasNewer ? newest(timeline, limits.keptMessages) : null;
  return { conversation: { ...conversation, receipts: settled(state, conversation) }, rev, timeline: whole };
}

function flat(outbox: State['outbox']) {
  return new Map([...outbox.values()].flat().map((pending) => [pending.clientId, pending]));
}

/** What is new or another one now, and null for what is gone. */
function differences<Value>(before: ReadonlyMap<string, Value>, now: ReadonlyMap<string, Value>): Map<string, Value | null> {
  const changed = new Map<string, Value | null>();
  if (before === now) return changed;
  for (const [key, value] of now) if (before.get(key) !== value) changed.set(key, value);
  for (const key of before.keys()) if (!now.has(key)) changed.set(key, null);
  return changed;
}
