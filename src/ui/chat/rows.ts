import type { PendingMessage } from '../../client/index.ts';
import type { Message } from '../../wire/messages.ts';
import { dayNumber } from '../format.ts';

/** A message as it stands in the chat. `first` and `last` are of its group: what one person wrote in one go. */
export type Bubble = {
  kind: 'bubble';
  key: string;
  mine: boolean;
  message: Message | null;
  pending: PendingMessage | null;
  createdAt: number;
  first: boolean;
  last: boolean;
};
export type Row =
  { kind: 'day'; key: string; at: number } | { kind: 'unread'; key: string } | { kind: 'system'; key: string; message: Message } | Bubble;

type Input = {
  messages: readonly Message[];
  pending: readonly PendingMessage[];
  myId: string | undefined;
  /** The divider stands before the first message of somebody else after this `seq`. Null: no divider. */
  readSeq: number | null;
};

const GROUP_MS = 5 * 60_000;

/** What stands in the chat, from top to bottom. */
export function layout({ messages, pending, myId, readSeq }: Input): Row[] {
  const rows: Row[] = [];
  let day = Number.NaN;
  let divided = readSeq === null;

  function at(createdAt: number): void {
    if (dayNumber(createdAt) === day) return;
    day = dayNumber(createdAt);
    rows.push({ kind: 'day', key: `day ${day}`, at: createdAt });
  }

  for (const message of messages) {
    at(message.createdAt);
    const mine = message.sender.id === myId;
    if (!divided && !mine && message.seq > (readSeq ?? 0)) {
      divided = true;
      rows.push({ kind: 'unread', key: 'unread' });
    }
    if (message.type === 'system') rows.push({ kind: 'system', key: message.id, message });
    else rows.push(bubble(mine && message.clientId !== null ? message.clientId : message.id, mine, message, null, message.createdAt));
  }
  for (const waiting of pending) {
    at(waiting.createdAt);
    rows.push(bubble(waiting.clientId, true, null, waiting, waiting.createdAt));
  }
  return grouped(rows);
}

/** A pending message keeps its key when it is stored, so that it stays the same element. */
function bubble(key: string, mine: boolean, message: Message | null, pending: PendingMessage | null, createdAt: number): Bubble {
  return { kind: 'bubble', key, mine, message, pending, createdAt, first: true, last: true };
}

function grouped(rows: readonly Row[]): Row[] {
  return rows.map((row, i) =>
    row.kind === 'bubble' ? asBefore({ ...row, first: !together(rows[i - 1], row), last: !together(row, rows[i + 1]) }) : row,
  );
}

const made = new WeakMap<Message, Bubble>();

/** The same object where nothing has changed, so that what stands in the page is not drawn again with each message that comes. */
function asBefore(now: Bubble): Bubble {
  if (!now.message) return now;
  const before = made.get(now.message);
  if (before?.key === now.key && before.mine === now.mine && before.first === now.first && before.last === now.last) return before;
  made.set(now.message, now);
  return now;
}

function together(before: Row | undefined, after: Row | undefined): boolean {
  if (before?.kind !== 'bubble' || after?.kind !== 'bubble') return false;
  return senderOf(before) === senderOf(after) && after.createdAt - before.createdAt < GROUP_MS;
}

function senderOf({ mine, message }: Bubble): string {
  return mine ? 'me' : (message?.sender.id ?? '');
}
