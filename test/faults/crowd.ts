import type { Store } from '../../src/db/store.ts';
import { newId } from '../../src/lib/id.ts';
import { putConversation, upTo } from '../support/rows.ts';
import { connect, type TestSocket } from '../support/socket.ts';

export type Message = {
  sender: Sender;
  conversationId: string;
  clientId: string;
  content: string;
  /** What the server promised; null until it did. */
  ack: { id: string; seq: number } | null;
  /** The text that the server promised last, and one that it may have taken without a word. */
  edited: string | null;
  editing: string | null;
};
export type Sender = { userId: string; token: string; conversationIds: string[]; bySocket: boolean; random(): number; messages: Message[] };

/** Numbers from 0 to 1 that a seed repeats. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** People, half of them on sockets, each in two of the groups. As rows: what is tested begins after sign-up. */
export async function putCrowd(
  store: Store,
  people: number,
  groups: number,
  seed: number,
): Promise<{ senders: Sender[]; conversationIds: string[] }> {
  const { organization, user, member, session } = store.tables;
  const orgId = newId();
  const now = new Date();
  const ids = upTo(people).map(() => newId());
  await store.tx(async (db) => {
    await db.insert(organization).values({ id: orgId, name: 'Crowd', slug: orgId, createdAt: now });
    await db.insert(user).values(ids.map((id) => ({ id, name: id, email: `${id}@example.com`, createdAt: now, updatedAt: now })));
    await db.insert(member).values(ids.map((userId) => ({ id: newId(), organizationId: orgId, userId, role: 'member', createdAt: now })));
    const expiresAt = new Date(Date.now() + 86_400_000);
    await db
      .insert(session)
      .values(ids.map((userId) => ({ id: newId(), userId, token: `token-${userId}`, expiresAt, createdAt: now, updatedAt: now })));
  });
  const conversationIds: string[] = [];
  for (const group of upTo(groups)) {
    const members = ids.filter((_, i) => i % groups === group - 1 || (i + 1) % groups === group - 1);
    conversationIds.push(
      await putConversation(
        store,
        members.map((userId) => ({ userId, orgId })),
        { orgId, rev: 1, title: `Group ${group}` },
      ),
    );
  }
  const senders = ids.map((userId, i): Sender => {
    const own = [i % groups, (i + 1) % groups].flatMap((group) => conversationIds[group] ?? []);
    return { userId, token: `token-${userId}`, conversationIds: own, bySocket: i % 2 === 0, random: createRandom(seed + i), messages: [] };
  });
  return { senders, conversationIds };
}

/**
 * One person at work, several things at once. What was never acknowledged is repeated first; then comes something new, a
 * repeat of what was, or an edit, until the server is gone.
 */
export async function work(sender: Sender, url: string, what: 'overdue' | 'everything', acknowledged: () => void): Promise<void> {
  const socket = sender.bySocket
    ? await connect(`${url.replace('http', 'ws')}/api/chat/ws`, { authorization: `Bearer ${sender.token}` }).catch(() => null)
    : null;
  if (sender.bySocket && !socket) return;
  const overdue = sender.messages.filter((message) => message.ack === null);
  const lines = upTo(sender.bySocket ? 4 : 2).map(async () => {
    for (let message = overdue.shift(); message || what === 'everything'; message = overdue.shift()) {
      const answered = message ? await send(message, url, socket) : await something(sender, url, socket);
      if (!answered) return;
      acknowledged();
    }
  });
  await Promise.all(lines);
  await socket?.close();
}

/** False when there was no answer. */
async function something(sender: Sender, url: string, socket: TestSocket | null): Promise<boolean> {
  const dice = sender.random();
  const told = sender.messages.filter((message) => message.ack !== null && message.editing === null);
  const chosen = told[Math.floor(sender.random() * told.length)];
  if (chosen && dice < 0.1) return send(chosen, url, socket);
  if (chosen && dice < 0.2) return edit(chosen, url, socket);
  const conversationId = sender.conversationIds[dice < 0.7 ? 0 : 1] ?? '';
  const clientId = `m${sender.messages.length}`;
  const message: Message = { sender, conversationId, clientId, content: `${clientId} of ${sender.userId}`, ack: null, edited: null, editing: null };
  sender.messages.push(message);
  return send(message, url, socket);
}

async function send(message: Message, url: string, socket: TestSocket | null): Promise<boolean> {
  const { conversationId, clientId, content } = message;
  const data = await ask(
    message.sender,
    url,
    socket,
    'POST',
    `/conversations/${conversationId}/messages`,
    'message.send',
    { conversationId },
    { clientId, content },
  );
  if (!data) return false;
  if (message.ack && (message.ack.id !== data.id || message.ack.seq !== data.seq))
    throw new Error(`a repeat of ${JSON.stringify(message.ack)} was answered with ${data.id}, number ${data.seq}`);
  message.ack = { id: data.id, seq: data.seq };
  return true;
}

async function edit(message: Message, url: string, socket: TestSocket | null): Promise<boolean> {
  const messageId = message.ack?.id ?? '';
  message.editing = `${message.clientId} edited ${message.sender.random()}`;
  const data = await ask(message.sender, url, socket, 'PATCH', `/messages/${messageId}`, 'message.edit', { messageId }, { content: message.editing });
  if (!data) return false;
  message.edited = message.editing;
  message.editing = null;
  return true;
}

/** Null when the connection ended before the answer; everything but an answer of success is an error of the test. */
async function ask(
  sender: Sender,
  url: string,
  socket: TestSocket | null,
  method: string,
  path: string,
  command: string,
  place: Record<string, unknown>,
  input: Record<string, unknown>,
): Promise<any> {
  if (socket) {
    const answer = await socket.call(command, { ...place, ...input }).catch(() => null);
    // What others said is not looked at here.
    socket.frames.length = socket.events.length = 0;
    if (answer?.ok === false) throw new Error(`${command} was refused: ${JSON.stringify(answer.error)}`);
    return answer?.data ?? null;
  }
  const headers = { authorization: `Bearer ${sender.token}`, 'content-type': 'application/json' };
  const given = await fetch(`${url}/api/chat${path}`, { method, headers, body: JSON.stringify(input) })
    .then(async (response) => ({ ok: response.ok, body: await response.json() }))
    .catch(() => null);
  if (given?.ok === false) throw new Error(`${command} was refused: ${JSON.stringify(given.body)}`);
  return given?.body ?? null;
}
