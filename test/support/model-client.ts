import type { Poll } from '../../src/wire/polls.ts';
import { createModelOwn } from './model-own.ts';
import type { Answer, Door, Person } from './person.ts';
import { connect, type TestEvent, type TestSocket } from './socket.ts';

/** Events about what is the person's own. */
const OWN = /^(membership|block|notification)\./;

/** What a client shows of one conversation. `rev` is how far it has followed; `turn` counts how often it was put in or out. */
type Held = { rev: number; fields: Fields; fieldsRev: number; messages: Map<string, any>; readSeq: number; deliveredSeq: number };
type Fields = { title: string | null; status: string; settings: unknown; memberCount: number; lastSeq: number; lastMessageAt: number | null };

/**
 * A client written from the design alone: it applies events by `rev`, sees holes, asks for the changes, and syncs when it
 * comes back. It takes no short cuts and knows nothing of the server's inside.
 */
export function createModelClient(person: Person, url: () => string) {
  const held = new Map<string, Held>();
  /** Conversations of which it missed something. */
  const behind = new Set<string>();
  /** How often it was put into or out of a conversation, so that an answer from before is not believed after. */
  const turns = new Map<string, number>();
  /** What the server must never do, as it was seen. */
  const complaints: string[] = [];
  let socket: TestSocket | null = null;
  let connecting: Promise<void> = Promise.resolve();
  let applied = 0;
  let lastRevs = new Map<string, number>();
  let lastMarks = new Map<string, { readSeq: number; deliveredSeq: number }>();
  const outside = new Set<string>();
  let epoch: string | undefined;

  const call = (door: Door, name: string, input: Record<string, unknown>): Promise<Answer> =>
    door === 'socket' && socket ? socket.call(name, input) : person.http(name, input);

  const own = createModelOwn(call);

  /** One after another, so that it never has two connections. */
  const inTurn = (work: () => Promise<void>): Promise<void> => (connecting = connecting.then(work, work));

  async function comeBack(door: Door): Promise<void> {
    await inTurn(async () => {
      await take()?.close();
      socket = await connect(`${url().replace('http', 'ws')}/api/chat/ws`, { authorization: `Bearer ${person.token}` });
      applied = 0;
      lastRevs = new Map();
      lastMarks = new Map();
      outside.clear();
    });
    await sync(door);
    await own.fetch(door, pump);
  }

  /** The connection is gone, and with it whatever was on its way. */
  const drop = (): Promise<void> => inTurn(async () => take()?.drop());
  const hangUp = (): Promise<void> => inTurn(async () => take()?.close());

  function take(): TestSocket | null {
    const open = socket;
    socket = null;
    return open;
  }

  async function sync(door: Door): Promise<void> {
    for (;;) {
      const asked = Object.fromEntries([...held].map(([id, { rev }]) => [id, rev]));
      const before = new Map(turns);
      const askedAt = own.now();
      const answer = await call(door, 'sync', { conversations: asked, ...(epoch !== undefined && { epoch }) });
      if (!answer.ok) throw new Error(`sync failed: ${JSON.stringify(answer.error)}`);
      pump();
      const { data } = answer;
      if (epoch !== undefined && epoch !== data.epoch) held.clear();
      epoch = data.epoch;
      const stale = (id: string): boolean => (before.get(id) ?? 0) !== (turns.get(id) ?? 0);
      const all = [...data.conversations.map((conversation: any) => conversation.id), ...data.removed, ...Object.keys(data.marks)];
      for (const id of all.filter(stale)) behind.add(id);
      for (const id of data.removed) if (!stale(id)) held.delete(id);
      for (const [id, ids] of Object.entries<string[]>(data.hidden)) if (!stale(id)) hide(id, ids);
      for (const conversation of data.conversations)
        if (!stale(conversation.id)) takeConversation(conversation, data.messages[conversation.id], askedAt);
      for (const [id, mine] of Object.entries<any>(data.marks)) if (!stale(id)) putOwn(id, mine, askedAt);
      if (data.complete) return;
    }
  }

  function takeConversation(conversation: any, changed: { items: any[]; complete: boolean }, askedAt: number): void {
    const known = putFields(conversation, askedAt);
    for (const message of changed.items) putMessage(known, message);
    known.rev = Math.max(known.rev, changed.complete ? conversation.rev : (changed.items.at(-1)?.rev ?? 0));
    if (!changed.complete) behind.add(conversation.id);
  }

  /** Fetches what lies between what it holds and the present, messages first, so that the fields are never older. */
  async function catchUp(id: string, door: Door): Promise<void> {
    behind.delete(id);
    const turn = turns.get(id) ?? 0;
    const messages: any[] = [];
    const hidden: string[] = [];
    let since = held.get(id)?.rev ?? 0;
    for (let complete = false; !complete;) {
      const answer = await call(door, 'conversation.changes', { conversationId: id, since });
      if (!answer.ok) return lost(id, answer);
      messages.push(...answer.data.items);
      hidden.push(...answer.data.hidden);
      ({ rev: since, complete } = answer.data);
    }
    const askedAt = own.now();
    const answer = await call(door, 'conversation.get', { conversationId: id });
    pump();
    if (!answer.ok) return lost(id, answer);
    if ((turns.get(id) ?? 0) !== turn) return;
    const known = putFields(answer.data, askedAt);
    for (const message of messages) putMessage(known, message);
    hide(id, hidden);
    known.rev = Math.max(known.rev, since);
  }

  function lost(id: string, answer: Extract<Answer, { ok: false }>): void {
    if (answer.error.code !== 'not_found') complaints.push(`catching up answered ${answer.error.code}`);
    held.delete(id);
  }

  /** Applies every frame that has come, in order. */
  function pump(): void {
    for (; socket && applied < socket.frames.length; applied++) {
      const frame = socket.frames[applied];
      if (OWN.test(frame.type)) own.apply(frame);
      if (frame.conversationId !== undefined) apply(frame);
    }
  }

  function apply(event: TestEvent): void {
    const { type, conversationId: id = '', rev, data } = event;
    watch(event);
    if (type === 'conversation.deleted') return leave(id);
    if (type === 'member.removed' && data.userId === person.userId) return leave(id);
    if (type === 'conversation.created') {
      turns.set(id, (turns.get(id) ?? 0) + 1);
      behind.add(id);
      return;
    }
    const known = held.get(id);
    if (type === 'receipt.updated' && data.userId === person.userId) return moveMarks(id, data);
    if (type === 'unread.updated') return moveMarks(id, data);
    if (type === 'membership.updated') return moveMarks(id, data.membership);
    if (type === 'message.hidden') return hide(id, [data.messageId]);
    if (type === 'poll.voted') return vote(known, data);
    if (rev === undefined) return;
    if (!known || rev > known.rev + 1) return void behind.add(id);
    if (rev <= known.rev) return;
    known.rev = rev;
    if (type.startsWith('message.')) {
      // A change of what it does not hold is about what the person deleted for themselves.
      if (type === 'message.created' || known.messages.has(data.id)) putMessage(known, data);
      if (data.sender.id === person.userId && type === 'message.created') moveMarks(id, { readSeq: data.seq, deliveredSeq: data.seq });
    }
    if (type.startsWith('reaction.')) react(known, event);
    if (type === 'thread.updated') {
      const { messageId, replyCount, lastReplyAt } = data;
      const root = known.messages.get(messageId);
      if (root) putMessage(known, { ...root, rev, thread: { replyCount, lastReplyAt } });
    }
    if (rev > known.fieldsRev) {
      known.fieldsRev = rev;
      changeFields(known.fields, event);
    }
  }

  /** A reaction changes the message that it is on, so the message takes its rev. */
  function react(known: Held, { type, rev = 0, data: { messageId, emoji, userId } }: TestEvent): void {
    const message = known.messages.get(messageId);
    if (!message || message.rev >= rev) return;
    const others = message.reactions.filter((reaction: any) => reaction.emoji !== emoji);
    const before = message.reactions.find((reaction: any) => reaction.emoji === emoji)?.userIds ?? [];
    const userIds = type === 'reaction.added' ? [...before, userId] : before.filter((id: string) => id !== userId);
    known.messages.set(messageId, { ...message, rev, reactions: userIds.length > 0 ? [...others, { emoji, userIds }] : others });
  }

  /** The person's own vote, which the events of the conversation do not tell. */
  function vote(known: Held | undefined, { messageId, optionIds }: any): void {
    const message = known?.messages.get(messageId);
    if (message?.poll) known?.messages.set(messageId, { ...message, poll: { ...message.poll, mine: optionIds } });
  }

  /** What the person deleted for themselves, here or on another device. */
  function hide(id: string, messageIds: string[]): void {
    for (const messageId of messageIds) held.get(id)?.messages.delete(messageId);
  }

  function leave(id: string): void {
    turns.set(id, (turns.get(id) ?? 0) + 1);
    held.delete(id);
    behind.delete(id);
  }

  /** Sees to it that a socket tells the changes of a conversation in order and to members only, and that marks only move forward. */
  function watch({ type, conversationId: id = '', rev, data }: TestEvent): void {
    if (type === 'member.added' || type === 'conversation.created') outside.delete(id);
    // What is for this person alone is no news of the conversation.
    else if (outside.has(id) && !['unread.updated', 'membership.updated', 'message.hidden'].includes(type))
      complaints.push(`${type} was told to somebody who had been removed`);
    if (type === 'member.removed' && data.userId === person.userId) outside.add(id);
    if (rev !== undefined) {
      const last = lastRevs.get(id) ?? 0;
      // The news of a conversation comes on the person's own topic and carries the rev that it then has.
      const rises = type === 'conversation.created' ? rev >= last : rev > last;
      if (!rises) complaints.push(`${type} of rev ${rev} came after rev ${last}`);
      lastRevs.set(id, Math.max(last, rev));
    }
    if (type === 'receipt.updated' || type === 'unread.updated') {
      const key = `${type} ${id} ${data.userId ?? ''}`;
      const last = lastMarks.get(key) ?? { readSeq: 0, deliveredSeq: 0 };
      if (data.readSeq < last.readSeq || data.deliveredSeq < last.deliveredSeq)
        complaints.push(`${type} moved back from ${JSON.stringify(last)} to ${JSON.stringify(data)}`);
      if (data.readSeq > data.deliveredSeq) complaints.push(`${type} is read but not delivered: ${JSON.stringify(data)}`);
      lastMarks.set(key, data);
    }
  }

  function putFields(conversation: any, askedAt: number): Held {
    const { id, rev, title, status, settings, memberCount, lastSeq, lastMessageAt } = conversation;
    const fields: Fields = { title, status, settings, memberCount, lastSeq, lastMessageAt };
    const known = held.get(id) ?? { rev: 0, fields, fieldsRev: rev, messages: new Map(), readSeq: 0, deliveredSeq: 0 };
    held.set(id, known);
    if (rev >= known.fieldsRev) {
      known.fields = fields;
      known.fieldsRev = rev;
    }
    putOwn(id, conversation, askedAt);
    return known;
  }

  function putOwn(id: string, mine: any, askedAt: number): void {
    own.put(askedAt, id, mine);
    moveMarks(id, mine.membership);
  }

  function changeFields(fields: Fields, { type, data }: TestEvent): void {
    if (type === 'message.created') Object.assign(fields, { lastSeq: data.seq, lastMessageAt: data.createdAt });
    if (type === 'member.added') fields.memberCount++;
    if (type === 'member.removed') fields.memberCount--;
    if (type === 'conversation.updated') Object.assign(fields, { title: data.title, status: data.status, settings: data.settings });
  }

  function putMessage(known: Held, message: any): void {
    const before = known.messages.get(message.id);
    if ((before?.rev ?? 0) >= message.rev) return;
    const mine = message.poll?.mine ?? before?.poll?.mine;
    known.messages.set(message.id, mine && message.poll ? { ...message, poll: { ...message.poll, mine } } : message);
  }

  function moveMarks(id: string, { readSeq, deliveredSeq }: { readSeq: number; deliveredSeq: number }): void {
    const known = held.get(id);
    if (!known) return;
    known.readSeq = Math.max(known.readSeq, readSeq);
    known.deliveredSeq = Math.max(known.deliveredSeq, deliveredSeq);
  }

  return {
    person,
    held,
    complaints,
    call,
    comeBack,
    drop,
    hangUp,
    pump,
    get connected() {
      return socket !== null;
    },
    /** Resolves when it has heard everything that was published before, and fetched what it missed. */
    async settle(door: Door): Promise<void> {
      do {
        await socket?.everything();
        pump();
        for (const id of [...behind]) await catchUp(id, door);
      } while (behind.size > 0);
    },
    /** What it would show, in a form that compares. */
    shows(): Record<string, unknown> {
      const conversations = Object.fromEntries(
        [...held].map(([id, { rev, fields, messages, readSeq, deliveredSeq }]) => [
          id,
          {
            rev,
            ...fields,
            readSeq,
            deliveredSeq,
            own: own.membership(id),
            messages: [...messages.values()].sort((a, b) => a.seq - b.seq).map(shown),
          },
        ]),
      );
      return { ...conversations, ...own.shows() };
    },
  };
}

export type ModelClient = ReturnType<typeof createModelClient>;

/** What two clients must agree on about a message. What it quotes may have changed since; that is told with the quoted one. */
function shown(message: any) {
  const { id, seq, rev, clientId, type, content, editedAt, deletedAt, createdAt, reactions, threadId, thread, mentions, pinned, forwardedFrom } =
    message;
  return {
    id,
    seq,
    rev,
    clientId,
    senderId: message.sender.id,
    type,
    content,
    editedAt,
    deletedAt,
    createdAt,
    replyToId: message.replyTo?.id ?? null,
    reactions: inOrder(reactions),
    threadId,
    thread,
    mentions,
    pinned,
    forwardedFrom,
    poll: message.poll ? inNoOrder(message.poll, message.poll.mine ?? []) : null,
  };
}

/** Who voted first is told where not all are named; here everybody is. */
export const inNoOrder = (poll: Poll, mine: string[]): unknown => ({
  ...poll,
  options: poll.options.map((option) => ({ ...option, userIds: option.userIds?.toSorted() ?? null })),
  mine: mine.toSorted(),
});

/** In which order emoji stand is nobody's promise. */
export const inOrder = (reactions: { emoji: string; userIds: string[] }[]): unknown =>
  reactions.map(({ emoji, userIds }) => ({ emoji, userIds: userIds.toSorted() })).toSorted((a, b) => a.emoji.localeCompare(b.emoji));
