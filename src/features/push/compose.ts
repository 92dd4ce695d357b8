import { and, desc, eq, isNull, ne } from 'drizzle-orm';
import { alias } from '../../db/alias.ts';
import type { Ports } from '../../kernel/ports.ts';
import { truncate } from '../../lib/text.ts';
import type { PushMessage, PushReason } from '../../wire/push.ts';
import { plainText } from '../messages/plain.ts';

type About = { id: string; userId: string; conversationId: string; seq: number; reason: PushReason };
type Reader = NonNullable<Awaited<ReturnType<typeof findReader>>>;
type Told = NonNullable<Awaited<ReturnType<typeof findMessage>>>;

/** With the longest body that can be configured the payload stays below the 3 kB that every push service takes. */
const TITLE_MAX_CODE_POINTS = 60;

/** What the push says now. Null where the person may not read the message any longer, has read it, or there is nothing left to tell. */
export async function composePush(ports: Ports, about: About): Promise<PushMessage | null> {
  const reader = await findReader(ports, about);
  if (!reader) return null;
  const said = about.reason === 'added' ? { messageId: null, title: reader.title ?? '', body: '' } : await sayMessage(ports, reader, about);
  if (!said) return null;
  const { id, reason: kind, conversationId, seq } = about;
  const body = truncate(said.body, ports.config.pushBodyMaxCodePoints);
  const title = truncate(said.title, TITLE_MAX_CODE_POINTS);
  return { id, kind, conversationId, messageId: said.messageId, seq, title, body, unread: reader.lastSeq - reader.readSeq, tag: conversationId };
}

/** Also where the person is not in the conversation any longer. */
export async function isAllRead(ports: Ports, userId: string, conversationId: string): Promise<boolean> {
  const reader = await findReader(ports, { userId, conversationId });
  return !reader || reader.readSeq >= reader.lastSeq;
}

async function sayMessage(ports: Ports, reader: Reader, about: About): Promise<Pick<PushMessage, 'messageId' | 'title' | 'body'> | null> {
  const found = await findMessage(ports, about);
  if (!found || found.message.seq < reader.historyFromSeq) return null;
  const { message, sender } = found;
  const text = await plainText(message);
  const isDirect = reader.kind === 'direct';
  if (about.reason === 'reaction') {
    const reacted = await findReaction(ports, message.id, about.userId);
    if (!reacted) return null;
    const body = `${reacted.emoji} ${text}`;
    return { messageId: message.id, title: isDirect ? reacted.name : (reader.title ?? reacted.name), body };
  }
  if (message.senderId === about.userId || isRead(found, reader)) return null;
  const name = sender?.name ?? '';
  if (isDirect || reader.title === null) return { messageId: message.id, title: name, body: text };
  return { messageId: message.id, title: reader.title, body: `${name}: ${text}` };
}

/** In the conversation, or in the thread that the message stands in. */
const isRead = ({ message, threadReadSeq }: Told, { readSeq }: Reader): boolean => message.seq <= Math.max(readSeq, threadReadSeq ?? 0);

/** A member of the conversation, and of its organisation. */
async function findReader({ store }: Ports, { userId, conversationId }: Pick<About, 'userId' | 'conversationId'>) {
  const { conversation, conversationMember, member } = store.tables;
  const [reader] = await store.read
    .select({
      kind: conversation.kind,
      title: conversation.title,
      lastSeq: conversation.lastSeq,
      readSeq: conversationMember.readSeq,
      historyFromSeq: conversationMember.historyFromSeq,
    })
    .from(conversationMember)
    .innerJoin(conversation, eq(conversation.id, conversationMember.conversationId))
    .innerJoin(member, and(eq(member.organizationId, conversation.orgId), eq(member.userId, conversationMember.userId)))
    .where(and(eq(conversationMember.conversationId, conversationId), eq(conversationMember.userId, userId), isNull(conversationMember.leftAt)));
  return reader;
}

/** The message as it is now, unless it was deleted, for everybody or by this person for themselves. */
async function findMessage({ store }: Ports, { userId, conversationId, seq }: About) {
  const { message, user, hiddenMessage, threadRead } = store.tables;
  const sender = alias(user, 'sender');
  const [found] = await store.read
    .select({
      message: { id: message.id, seq: message.seq, senderId: message.senderId, type: message.type, content: message.content },
      sender: { name: sender.name },
      threadReadSeq: threadRead.readSeq,
    })
    .from(message)
    .leftJoin(sender, eq(sender.id, message.senderId))
    .leftJoin(hiddenMessage, and(eq(hiddenMessage.messageId, message.id), eq(hiddenMessage.userId, userId)))
    .leftJoin(threadRead, and(eq(threadRead.threadId, message.threadId), eq(threadRead.userId, userId)))
    .where(and(eq(message.conversationId, conversationId), eq(message.seq, seq), isNull(message.deletedAt), isNull(hiddenMessage.messageId)));
  return found;
}

/** The newest reaction of somebody else; none where they took it back. */
async function findReaction({ store }: Ports, messageId: string, userId: string) {
  const { reaction, user } = store.tables;
  const [found] = await store.read
    .select({ emoji: reaction.emoji, name: user.name })
    .from(reaction)
    .innerJoin(user, eq(user.id, reaction.userId))
    .where(and(eq(reaction.messageId, messageId), ne(reaction.userId, userId)))
    .orderBy(desc(reaction.createdAt))
    .limit(1);
  return found;
}
