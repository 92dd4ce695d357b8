import { withEntry, withoutEntry, type PendingMessage, type State } from './state.ts';

/** A message of the outbox, new or in a later state. They stand in the order in which they were written, in every tab alike. */
export function putPending(state: State, pending: PendingMessage): State {
  return changePending(state, pending.conversationId, (list) =>
    [...list.filter(({ clientId }) => clientId !== pending.clientId), pending].sort(
      (a, b) => a.createdAt - b.createdAt || a.clientId.localeCompare(b.clientId),
    ),
  );
}

/** One that we hold may be in a later state. */
export function addPending(state: State, pending: PendingMessage): State {
  return findPending(state, pending.conversationId, pending.clientId) ? state : putPending(state, pending);
}

export function dropPending(state: State, conversationId: string, clientId: string): State {
  return changePending(state, conversationId, (list) => list.filter((pending) => pending.clientId !== clientId));
}

export function findPending(state: State, conversationId: string, clientId: string): PendingMessage | undefined {
  return state.outbox.get(conversationId)?.find((pending) => pending.clientId === clientId);
}

/** Whether what it became is among the messages that we hold. */
export function isStored({ timelines, threads }: State, { conversationId, threadId, clientId }: PendingMessage): boolean {
  return [timelines.get(conversationId), threads.get(threadId ?? '')?.timeline].some((timeline) =>
    timeline?.messages.some((message) => message.clientId === clientId),
  );
}

/** Of two that were written in the same millisecond the first one stays the first. */
export function nextCreatedAt(state: State, conversationId: string, now: number): number {
  return Math.max(now, (state.outbox.get(conversationId)?.at(-1)?.createdAt ?? 0) + 1);
}

function changePending(state: State, conversationId: string, change: (list: readonly PendingMessage[]) => readonly PendingMessage[]): State {
  const before = state.outbox.get(conversationId) ?? [];
  const after = change(before);
  if (after.length === before.length && after.every((pending, i) => pending === before[i])) return state;
  const outbox = after.length > 0 ? withEntry(state.outbox, conversationId, after) : withoutEntry(state.outbox, conversationId);
  return { ...state, outbox };
}

/** 128 random bits. `crypto.randomUUID` would be shorter to write, but pages without https do not have it. */
export function newClientId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
