import type { EventData } from '../wire/events.ts';
import type { Message } from '../wire/messages.ts';
import type { Thread, ThreadMark } from '../wire/threads.ts';
import type { Call } from './commands.ts';
import { changeMessages, findMessage } from './conversation.ts';
import { createReading } from './reading.ts';
import { withEntry, withoutEntry, type OwnThreadMark, type State, type Timeline } from './state.ts';
import type { Store } from './store.ts';
import { emptyTimeline } from './timeline.ts';

const PAGE = 100;

/** Opens threads to read and write in. */
export function createThreads({ store, call }: { store: Store; call: Call }) {
  const { page, loadOlder, loadNewer } = createReading({
    store,
    call,
    get: (state, threadId) => state.threads.get(threadId)?.timeline,
    set: withTimeline,
    whereOf(threadId) {
      const root = store.get().threads.get(threadId)?.root;
      return root ? { conversationId: root.conversationId, threadId } : null;
    },
    pageSize: PAGE,
  });

  /** Reads the newest of what hangs under a message. Rejects with a ChinwagError; a further call tries again. */
  const open = async (root: Message): Promise<void> => (store.get().threads.has(root.id) ? undefined : begin(root));

  async function begin(root: Message): Promise<void> {
    const { id: threadId, conversationId } = root;
    store.update((state) => ({ ...state, threads: withEntry(state.threads, threadId, { root, timeline: emptyTimeline }) }));
    try {
      const thread = await call('thread.get', { threadId });
      store.update((state) => ({
        ...changeMessages(state, conversationId, [thread.message]),
        threadMarks: withEntry(state.threadMarks, threadId, markOf(thread)),
      }));
      await page(threadId, { limit: PAGE });
    } catch (error) {
      close(threadId);
      throw error;
    }
  }

  /** Nobody looks at the past of the thread any longer: it begins with the newest. */
  async function leavePast(threadId: string): Promise<void> {
    const { root, timeline } = store.get().threads.get(threadId) ?? {};
    if (root && timeline?.hasNewer) await begin(root);
  }

  function close(threadId: string): void {
    store.update((state) => ({ ...state, threads: withoutEntry(state.threads, threadId) }));
  }

  /** Everything in the thread has been read. Rejects with a ChinwagError. */
  const markRead = async (threadId: string): Promise<void> => void (await call('thread.read', { threadId }));

  /**
   * Reads how far we are in the threads that we are part of, those that were written in last; from then on events keep it.
   * Rejects with a ChinwagError.
   */
  async function loadMarks(conversationId: string): Promise<void> {
    const { items } = await call('thread.list', { conversationId, participating: true, limit: PAGE });
    store.update((state) => ({
      ...state,
      threadMarks: new Map([...state.threadMarks, ...items.map((thread) => [thread.message.id, markOf(thread)] as const)]),
    }));
  }

  return {
    openThread: open,
    loadOlderInThread: loadOlder,
    loadNewerInThread: loadNewer,
    leavePastInThread: leavePast,
    closeThread: close,
    markThreadRead: markRead,
    loadThreadMarks: loadMarks,
  };
}

/** A thread got a message, or lost one. A message that we hold in a later state counts it already. */
export function applyThread(state: State, conversationId: string, rev: number, thread: EventData<'thread.updated'>): State {
  const { messageId, replyCount, lastReplyAt } = thread;
  const message = findMessage(state, conversationId, messageId);
  return message && message.rev < rev ? changeMessages(state, conversationId, [{ ...message, rev, thread: { replyCount, lastReplyAt } }]) : state;
}

/** A message that hangs in a thread which we are part of, or become part of with it, or have looked at. */
export function countReply(state: State, { threadId, conversationId, sender, seq }: Message): State {
  if (threadId === null) return state;
  const mine = sender.id === state.me?.id;
  const known = state.threadMarks.get(threadId);
  const participating = mine || known?.participating === true || findMessage(state, conversationId, threadId)?.sender.id === state.me?.id;
  if (!known && !participating) return state;
  const { readSeq, unread } = known ?? { readSeq: 0, unread: 0 };
  const mark = { threadId, conversationId, participating, readSeq, unread: mine || seq <= readSeq ? unread : unread + 1 };
  return { ...state, threadMarks: withEntry(state.threadMarks, threadId, mark) };
}

/** We read a thread, perhaps on another device. */
export function moveThreadMark(state: State, conversationId: string, { threadId, readSeq, unread }: ThreadMark): State {
  const participating = state.threadMarks.get(threadId)?.participating ?? false;
  return { ...state, threadMarks: withEntry(state.threadMarks, threadId, { threadId, conversationId, participating, readSeq, unread }) };
}

function markOf({ message: { id: threadId, conversationId }, readSeq, unread, participating }: Thread): OwnThreadMark {
  return { threadId, conversationId, participating, readSeq, unread };
}

function withTimeline(state: State, threadId: string, timeline: Timeline): State {
  const thread = state.threads.get(threadId);
  return thread ? { ...state, threads: withEntry(state.threads, threadId, { ...thread, timeline }) } : state;
}
