import { eq } from 'drizzle-orm';
import { senderOf } from '../../kernel/actor.ts';
import type { Ctx } from '../../kernel/command.ts';
import { topics, type Effect } from '../../kernel/effects.ts';
import { fail } from '../../kernel/errors.ts';
import type { Appended, Stored } from '../../kernel/ports.ts';
import { newId } from '../../lib/id.ts';
import type { Message, MessageDraft, MessageView, ReplyPreview } from '../../wire/messages.ts';
import type { Poll } from '../../wire/polls.ts';
import { findAccess, requirePolicy, type Access } from '../conversations/access.ts';
import type { Content } from './content.ts';
import type { References } from './references.ts';
import { selectMessages, viewMessageFor } from './view.ts';

type Post = Content & References & Pick<Message, 'alsoToConversation' | 'forwardedFrom'> & { poll?: Poll };

/** Hands a message to the append lane; everybody hears of it in the tick of the commit, before the sender has the answer. */
export async function post(ctx: Ctx, conversationId: string, named: string | undefined, fingerprint: string, sent: Post): Promise<MessageView> {
  const { thread, replyTo } = sent;
  const clientId = named ?? newId();
  const topic = topics.conversation(conversationId);
  let message: Message | undefined;

  const announce = (stored: Stored): Effect[] => {
    ctx.typing.stop(topic, ctx.actor.userId);
    message = viewStored(ctx, sent, stored, { conversationId, clientId });
    const effects: Effect[] = [{ do: 'publish', topic, event: { type: 'message.created', conversationId, rev: stored.rev, data: message } }];
    if (thread && stored.thread) {
      const data = { messageId: thread.id, replyCount: stored.thread.replyCount, lastReplyAt: stored.createdAt };
      const event = { type: 'thread.updated' as const, conversationId, rev: stored.thread.rev, data };
      effects.push(...thread.readers(event).map((publication) => ({ do: 'publish' as const, ...publication })));
    }
    return effects;
  };

  const { userId: senderId, apiKeyId, orgs } = ctx.actor;
  const draft = {
    conversationId,
    senderId,
    orgIds: [...orgs.keys()],
    clientId,
    fingerprint,
    type: sent.type,
    content: sent.content,
    metadata: sent.metadata,
    replyToId: replyTo?.id ?? null,
    threadId: thread?.id ?? null,
    alsoToConversation: sent.alsoToConversation,
    mentions: sent.mentions,
    forwardedFrom: sent.forwardedFrom,
    poll: sent.poll ?? null,
    apiKeyId,
  };
  const outcome = await ctx.appends.add(draft, announce);
  if (message) return { ...message, capabilities: ofNew(message) };
  return answerOther(ctx, conversationId, outcome, fingerprint);
}

/** What was deleted between the look at it and the append is not told once more. */
function asOf(replyTo: ReplyPreview | null, { quoteDeletedAt }: Stored): ReplyPreview | null {
  return replyTo && quoteDeletedAt !== null ? { ...replyTo, content: '', deletedAt: quoteDeletedAt } : replyTo;
}

/** Field by field: copies of objects within objects cost more than all the rest of it. */
function viewStored(ctx: Ctx, sent: Post, stored: Stored, { conversationId, clientId }: { conversationId: string; clientId: string }): Message {
  const message: Message = {
    id: stored.id,
    conversationId,
    seq: stored.seq,
    rev: stored.rev,
    clientId,
    sender: senderOf(ctx.actor),
    type: sent.type,
    content: sent.content,
    metadata: sent.metadata,
    replyTo: asOf(sent.replyTo, stored),
    threadId: sent.thread?.id ?? null,
    alsoToConversation: sent.alsoToConversation,
    thread: null,
    mentions: sent.mentions,
    forwardedFrom: sent.forwardedFrom,
    pinned: null,
    attachments: [],
    reactions: [],
    status: 'sent',
    createdAt: stored.createdAt,
    editedAt: null,
    deletedAt: null,
  };
  return sent.poll ? { ...message, poll: sent.poll } : message;
}

/** Whoever could just send it may do all this with it. */
function ofNew({ type, forwardedFrom, poll }: Message): MessageView['capabilities'] {
  const edit = type === 'text' && forwardedFrom === null;
  const capabilities = { edit, delete: true, reply: true, react: true, forward: true };
  return poll ? { ...capabilities, vote: true, closePoll: true } : capabilities;
}

/** Tells a repeat from another message under the same name. Not a secret: 64 bits of a fast hash. */
export function fingerprintOf(content: Content, { replyToId, threadId, alsoToConversation, mentions }: MessageDraft): string {
  const plain = [content.type, content.content, content.metadata, replyToId ?? null];
  const refers = threadId !== undefined || mentions !== undefined;
  return Bun.hash(JSON.stringify(refers ? [...plain, threadId ?? null, alsoToConversation ?? false, mentions ?? []] : plain)).toString(36);
}

/** A repeat is answered as the first send was; a refusal says why. */
async function answerOther(ctx: Ctx, conversationId: string, outcome: Appended, fingerprint: string): Promise<MessageView> {
  const access = await findAccess(ctx, conversationId);
  if (outcome.outcome !== 'repeated') {
    requirePolicy(access, 'post');
    requirePause(ctx, access);
    return fail('conflict', 'Your rights in this conversation changed while the message was sent; send it again.');
  }
  if (outcome.fingerprint !== null && outcome.fingerprint !== fingerprint) fail('client_id_conflict');
  const [parts] = await selectMessages(ctx, eq(ctx.tables.message.id, outcome.id));
  return parts ? viewMessageFor(ctx, access, parts, null) : fail('not_found');
}

/** Slow mode is for members; admins and owners do not wait. Nor does who last wrote before the clock was set back. */
function requirePause(ctx: Ctx, { conversation, membership }: Access): void {
  const { slowModeSeconds } = conversation;
  if (slowModeSeconds === 0 || membership.role !== 'member' || membership.lastSentAt === null) return;
  const retryAfter = Math.ceil((membership.lastSentAt + slowModeSeconds * 1000 - ctx.now) / 1000);
  if (retryAfter <= 0 || retryAfter > 2 * slowModeSeconds) return;
  const message = `Slow mode: one message in ${slowModeSeconds} seconds; wait ${retryAfter} seconds.`;
  const rate = { kind: 'slow-mode', limit: 1, windowSeconds: slowModeSeconds, remaining: 0, resetSeconds: retryAfter } as const;
  fail('rate_limited', message, { retryAfter, rate });
}
