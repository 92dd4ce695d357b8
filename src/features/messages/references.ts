import { and, eq, gte, inArray, isNull, type SQL } from 'drizzle-orm';
import type { Ctx } from '../../kernel/command.ts';
import { atMost, CommandError, invalid } from '../../kernel/errors.ts';
import { EVERYBODY, type MessageDraft, type ReplyPreview } from '../../wire/messages.ts';
import { findAccess, requirePolicy, type Access } from '../conversations/access.ts';
import { idsOf } from '../people/find.ts';
import { notHidden } from './hidden.ts';
import { readersOf, type Readers } from './readers.ts';
import { selectMessages, viewReply, type MessageParts } from './view.ts';

/** What a message refers to: the message that it quotes, the thread that it hangs in, the people whom it mentions. */
export type References = { replyTo: ReplyPreview | null; thread: Thread | null; mentions: string[] };
/** `readers` are those who may read what the thread hangs under. */
export type Thread = { id: string; readers: Readers };
type Named = Pick<MessageDraft, 'clientId' | 'replyToId' | 'threadId' | 'alsoToConversation' | 'mentions'>;

const none: References = { replyTo: null, thread: null, mentions: [] };

export function refersToNothing({ replyToId, threadId, mentions }: Named): boolean {
  return replyToId === undefined && threadId === undefined && (mentions ?? []).length === 0;
}

/** Only what the sender can see in this conversation can be referred to. */
export async function referencesOf(ctx: Ctx, conversationId: string, named: Named): Promise<References> {
  if (named.alsoToConversation !== undefined && named.threadId === undefined) invalid('alsoToConversation', 'only together with threadId');
  if (refersToNothing(named)) return none;
  const access = await findAccess(ctx, conversationId);
  try {
    return {
      replyTo: named.replyToId === undefined ? null : await findReplied(ctx, access, named.replyToId),
      thread: named.threadId === undefined ? null : await findThread(ctx, access, named.threadId),
      mentions: await resolveMentions(ctx, access, named.mentions ?? []),
    };
  } catch (error) {
    // A repeat may name what is gone since it was sent first; the append answers it with that first message.
    if (error instanceof CommandError && (await wasSent(ctx, conversationId, named.clientId))) return none;
    throw error;
  }
}

async function findReplied(ctx: Ctx, access: Access, replyToId: string): Promise<ReplyPreview> {
  const parts = await findPresent(ctx, access, replyToId);
  if (!parts) return invalid('replyToId', 'no such message in this conversation');
  const { message, sender } = parts;
  return viewReply(ctx, message.seq < access.conversation.historyFromMax ? { ...message, content: '' } : message, sender);
}

async function findThread(ctx: Ctx, access: Access, threadId: string): Promise<Thread> {
  const parts = await findPresent(ctx, access, threadId);
  if (!parts || parts.message.type === 'system') return invalid('threadId', 'no such message in this conversation');
  if (parts.message.threadId !== null) invalid('threadId', 'that message is in a thread itself; name the one that the thread hangs under');
  return { id: threadId, readers: await readersOf(ctx, access.conversation, parts.message.seq) };
}

async function findPresent(ctx: Ctx, { conversation, membership }: Access, messageId: string): Promise<MessageParts | undefined> {
  const { message } = ctx.tables;
  const which: SQL | undefined = and(
    eq(message.id, messageId),
    eq(message.conversationId, conversation.id),
    gte(message.seq, membership.historyFromSeq),
    isNull(message.deletedAt),
    notHidden(ctx, membership),
  );
  const [parts] = await selectMessages(ctx, which);
  return parts;
}

/** Ids of present members, each once. People are named by id or `ext:<sub>`, never by what the text calls them. */
export async function resolveMentions(ctx: Ctx, access: Access, refs: readonly string[]): Promise<string[]> {
  atMost('mentions', refs.length, ctx.config.mentionsMax, 'mentions');
  if (refs.length === 0) return [];
  if (refs.includes(EVERYBODY)) requirePolicy(access, 'mentionAll');
  const { user, conversationMember: member } = ctx.tables;
  const { id: conversationId, orgId } = access.conversation;
  const ids = await idsOf(ctx, [orgId], refs);
  const found = await ctx.db
    .select({ id: user.id, externalId: user.externalId })
    .from(member)
    .innerJoin(user, eq(user.id, member.userId))
    .where(and(eq(member.conversationId, conversationId), isNull(member.leftAt), inArray(member.userId, ids)));
  const byRef = new Map(found.flatMap(({ id, externalId }) => [[id, id] as const, [`ext:${externalId}`, id] as const]));
  const resolved = refs.map((ref, i) =>
    ref === EVERYBODY ? EVERYBODY : (byRef.get(ref) ?? invalid(`mentions.${i}`, 'there is no such member in this conversation')),
  );
  return [...new Set(resolved)];
}

/** Whether the actor has a message of that name there already. */
export async function wasSent(ctx: Ctx, conversationId: string, clientId: string | undefined): Promise<boolean> {
  if (clientId === undefined) return false;
  const { message } = ctx.tables;
  const which = and(eq(message.conversationId, conversationId), eq(message.senderId, ctx.actor.userId), eq(message.clientId, clientId));
  return (await ctx.db.$count(message, which)) > 0;
}
