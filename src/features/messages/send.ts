import { and, eq, gte, isNull } from 'drizzle-orm';
import { senderOf } from '../../kernel/actor.ts';
import { defineCommand, signedIn, type Ctx } from '../../kernel/command.ts';
import { topics, type Effect } from '../../kernel/effects.ts';
import { atMost, fail, invalid } from '../../kernel/errors.ts';
import type { Appended, Stored } from '../../kernel/ports.ts';
import { newId } from '../../lib/id.ts';
import { codePoints, isBlank } from '../../lib/text.ts';
import {
  messageSendDirectInput,
  messageSendInput,
  messageView,
  type Message,
  type MessageDraft,
  type MessageView,
  type ReplyPreview,
} from '../../wire/messages.ts';
import { findAccess, requirePolicy } from '../conversations/access.ts';
import { findOrCreateDirect } from '../conversations/direct.ts';
import { selectMessages, viewMessageFor, viewReply } from './view.ts';

export const messageSend = defineCommand({
  name: 'message.send',
  summary: 'Send a message',
  description:
    'Answered once it is on disk. Name each message with `clientId`: a repeat gets the first answer, whenever and through whichever door it comes, and nobody sees the message twice. Over HTTP the `Idempotency-Key` header serves where the body has no `clientId`.',
  http: [{ method: 'post', path: '/conversations/:conversationId/messages', status: 201 }],
  input: messageSendInput,
  output: messageView,
  limit: 'send',
  mode: 'lane',
  examples: [
    { summary: 'A text', input: { conversationId: '{conversation}', clientId: 'c-1', content: 'Hello!' } },
    {
      summary: 'A place',
      input: {
        conversationId: '{conversation}',
        clientId: 'c-2',
        type: 'location',
        location: { latitude: 52.52, longitude: 13.405, label: 'Berlin' },
      },
    },
  ],
  // A reply reads the quoted message first, so it could be overtaken; other sends enter the lane in order.
  pipelined: (input) => input.replyToId === undefined,
  // The append itself checks membership, role and status, in the statement that stores the message.
  allow: signedIn,
  run: (ctx, input) => send(ctx, input.conversationId, input),
});

export const messageSendDirect = defineCommand({
  name: 'message.sendDirect',
  summary: 'Send a message to a person',
  description: 'Finds or creates the direct conversation. The same promises as `message.send`.',
  http: [{ method: 'post', path: '/send', status: 201 }],
  input: messageSendDirectInput,
  output: messageView,
  limit: 'send',
  mode: 'lane',
  examples: [{ summary: 'A text', input: { receiverId: '{person}', clientId: 'c-3', content: 'Are you there?' } }],
  allow: signedIn,
  async run(ctx, { receiverId, orgId, ...draft }) {
    checkContent(ctx, draft);
    const { conversation } = await ctx.write((inner) => findOrCreateDirect(inner, receiverId, orgId, 'receiverId'));
    return send(ctx, conversation.id, draft);
  },
});

async function send(ctx: Ctx, conversationId: string, draft: MessageDraft): Promise<MessageView> {
  const sent = checkContent(ctx, draft);
  const replyTo = draft.replyToId ? await findReplied(ctx, conversationId, draft.replyToId, draft.clientId) : null;
  const clientId = draft.clientId ?? newId();
  const fingerprint = fingerprintOf(sent, draft.replyToId);
  const view = (stored: Stored): Message => ({
    id: stored.id,
    conversationId,
    seq: stored.seq,
    rev: stored.rev,
    clientId,
    sender: senderOf(ctx.actor),
    ...sent,
    replyTo,
    threadId: null,
    mentions: [],
    attachments: [],
    reactions: [],
    status: 'sent',
    createdAt: stored.createdAt,
    editedAt: null,
    deletedAt: null,
  });

  let message: Message | undefined;
  const announce = (stored: Stored): Effect[] => {
    const topic = topics.conversation(conversationId);
    ctx.typing.stop(topic, ctx.actor.userId);
    message = view(stored);
    return [{ do: 'publish', topic, event: { type: 'message.created', conversationId, rev: stored.rev, data: message } }];
  };
  const outcome = await ctx.appends.add(
    {
      conversationId,
      senderId: ctx.actor.userId,
      orgIds: [...ctx.actor.orgs.keys()],
      clientId,
      fingerprint,
      ...sent,
      replyToId: draft.replyToId ?? null,
    },
    announce,
  );
  if (message) return { ...message, capabilities: { edit: message.type === 'text', delete: true, reply: true, react: true } };
  return answerOther(ctx, conversationId, outcome, fingerprint);
}

type Sent = Pick<Message, 'type' | 'content' | 'metadata'>;

function checkContent(ctx: Ctx, draft: MessageDraft): Sent {
  const type = draft.type ?? (draft.location ? 'location' : 'text');
  const content = draft.content ?? '';
  if (type === 'location' && !draft.location) invalid('location', 'required for the type location');
  if (type === 'text' && draft.location) invalid('location', 'only for the type location');
  if (type === 'text' && isBlank(content)) invalid('content', 'required: a text that people can see');
  atMost('content', codePoints(content), ctx.config.messageMaxCodePoints, 'code points');
  const metadata = { ...draft.metadata, ...(draft.location && { location: draft.location }) };
  atMost('metadata', Buffer.byteLength(JSON.stringify(metadata)), ctx.config.messageMetadataMaxBytes, 'bytes as JSON');
  return { type, content, metadata };
}

/** A reply quotes a message of the same conversation that the sender can see. */
async function findReplied(ctx: Ctx, conversationId: string, replyToId: string, clientId: string | undefined): Promise<ReplyPreview | null> {
  const access = await findAccess(ctx, conversationId);
  const { message } = ctx.tables;
  const [parts] = await selectMessages(
    ctx,
    and(
      eq(message.id, replyToId),
      eq(message.conversationId, conversationId),
      gte(message.seq, access.membership.historyFromSeq),
      isNull(message.deletedAt),
    ),
  );
  if (parts) return viewReply(ctx, parts.message, parts.sender);
  // A repeat may quote what was deleted since it was sent first; the append answers it with that first message.
  return clientId !== undefined && (await wasSent(ctx, conversationId, clientId))
    ? null
    : invalid('replyToId', 'no such message in this conversation');
}

async function wasSent(ctx: Ctx, conversationId: string, clientId: string): Promise<boolean> {
  const { message } = ctx.tables;
  const which = and(eq(message.conversationId, conversationId), eq(message.senderId, ctx.actor.userId), eq(message.clientId, clientId));
  return (await ctx.db.$count(message, which)) > 0;
}

/** Tells a repeat from another message under the same name. Not a secret: 64 bits of a fast hash. */
function fingerprintOf(sent: Sent, replyToId: string | undefined): string {
  return Bun.hash(JSON.stringify([sent.type, sent.content, sent.metadata, replyToId ?? null])).toString(36);
}

/** A repeat is answered as the first send was; a refusal says why. */
async function answerOther(ctx: Ctx, conversationId: string, outcome: Appended, fingerprint: string): Promise<MessageView> {
  const access = await findAccess(ctx, conversationId);
  if (outcome.outcome !== 'repeated') {
    requirePolicy(access, 'post');
    return fail('conflict', 'Your rights in this conversation changed while the message was sent; send it again.');
  }
  if (outcome.fingerprint !== null && outcome.fingerprint !== fingerprint) fail('client_id_conflict');
  const [parts] = await selectMessages(ctx, eq(ctx.tables.message.id, outcome.id));
  return parts ? viewMessageFor(ctx, access, parts, null) : fail('not_found');
}
