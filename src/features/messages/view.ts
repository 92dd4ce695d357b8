import { and, eq, sql, type SQL, type SQLWrapper } from 'drizzle-orm';
import { alias } from '../../db/alias.ts';
import type { Ctx } from '../../kernel/command.ts';
import { messageCapabilities } from '../../kernel/policy.ts';
import type { Tables } from '../../kernel/ports.ts';
import { truncate } from '../../lib/text.ts';
import type { Message, MessageStatus, MessageView, ReplyPreview } from '../../wire/messages.ts';
import type { Sender } from '../../wire/person.ts';
import type { Access } from '../conversations/access.ts';
import type { LowWater } from '../receipts/low-water.ts';

export type MessageRow = Tables['message']['$inferSelect'];
export type UserRow = Pick<Tables['user']['$inferSelect'], 'id' | 'name' | 'image' | 'kind'>;
type RepliedRow = Pick<MessageRow, 'id' | 'seq' | 'senderId' | 'type' | 'content' | 'deletedAt'>;

export type MessageParts = {
  message: MessageRow;
  sender: UserRow | null;
  replied: RepliedRow | null;
  repliedSender: UserRow | null;
};

/** A message with everything that its view needs, in one query. */
export function selectMessages(ctx: Ctx, where: SQL | undefined) {
  const { message, user } = ctx.tables;
  const sender = alias(user, 'sender');
  const replied = alias(message, 'replied');
  const repliedSender = alias(user, 'replied_sender');
  return ctx.db
    .select({
      message,
      sender: personColumns(sender),
      replied: repliedColumns(replied, quotable(ctx, replied)),
      repliedSender: personColumns(repliedSender),
    })
    .from(message)
    .leftJoin(sender, eq(sender.id, message.senderId))
    .leftJoin(replied, and(eq(replied.id, message.replyToId), eq(replied.conversationId, message.conversationId)))
    .leftJoin(repliedSender, eq(repliedSender.id, replied.senderId))
    .where(where)
    .$dynamic();
}

/** Columns of an aliased table; generic, so that each alias keeps its own type. */
export function personColumns<Id, Name, Image, Kind>({ id, name, image, kind }: { id: Id; name: Name; image: Image; kind: Kind }) {
  return { id, name, image, kind };
}

export function repliedColumns<Id, Seq, SenderId, Type, DeletedAt>(
  replied: { id: Id; seq: Seq; senderId: SenderId; type: Type; deletedAt: DeletedAt },
  content: SQL<string>,
) {
  const { id, seq, senderId, type, deletedAt } = replied;
  return { id, seq, senderId, type, content, deletedAt };
}

/** What a quotation shows must be for every member to read, because events show it to all of them alike. */
export function quotable(
  { tables }: Pick<Ctx, 'tables'>,
  replied: { seq: SQLWrapper; content: SQLWrapper; conversationId: SQLWrapper },
): SQL<string> {
  const { conversation } = tables;
  return sql<string>`case when ${replied.seq} is null then null when ${replied.seq} >= (
    select ${conversation.historyFromMax} from ${conversation} where ${conversation.id} = ${replied.conversationId}) then ${replied.content} else '' end`;
}

/** What everybody in the conversation sees: this is what events carry. */
export function viewMessage(ctx: Ctx, parts: MessageParts, lowWater: LowWater | null): Message {
  const { message } = parts;
  return {
    id: message.id,
    conversationId: message.conversationId,
    seq: message.seq,
    rev: message.rev,
    clientId: message.type === 'system' ? null : message.clientId,
    sender: viewSender(parts.sender, message.senderId),
    type: message.type,
    content: message.content,
    metadata: message.metadata as Message['metadata'],
    replyTo: parts.replied && viewReply(ctx, parts.replied, parts.repliedSender),
    threadId: message.threadId,
    alsoToConversation: message.alsoToConversation,
    thread: message.lastReplyAt === null ? null : { replyCount: message.replyCount, lastReplyAt: message.lastReplyAt },
    mentions: message.mentions,
    forwardedFrom: message.forwardedFrom,
    ...viewPreview(message),
    pinned: message.pinnedAt === null || message.pinnedBy === null ? null : { at: message.pinnedAt, by: message.pinnedBy },
    ...(message.poll && { poll: message.poll }),
    attachments: [],
    reactions: message.reactions,
    status: statusOf(message, lowWater),
    createdAt: message.createdAt,
    editedAt: message.editedAt,
    deletedAt: message.deletedAt,
  };
}

/** Most messages have none: then not even the key is sent. */
function viewPreview(message: MessageRow): Pick<Message, 'linkPreview'> {
  const { linkPreview: kept } = message;
  if (!kept || 'removed' in kept) return {};
  const { picture, ...said } = kept;
  const imageUrl = picture === null ? null : `/api/chat/messages/${message.id}/link-preview/image?version=${picture}`;
  return { linkPreview: { ...said, imageUrl } };
}

/** The same with what the caller may do with it. */
export function viewMessageFor(ctx: Ctx, access: Access, parts: MessageParts, lowWater: LowWater | null): MessageView {
  return {
    ...viewMessage(ctx, parts, lowWater),
    capabilities: messageCapabilities(parts.message, access.conversation, access.membership, ctx.actor.userId, ctx.now, ctx.config),
  };
}

export function viewReply(ctx: Ctx, replied: RepliedRow, sender: UserRow | null): ReplyPreview {
  return {
    id: replied.id,
    seq: replied.seq,
    sender: viewSender(sender, replied.senderId),
    type: replied.type,
    content: truncate(replied.content, ctx.config.replyPreviewCodePoints),
    deletedAt: replied.deletedAt,
  };
}

export function viewSender(user: UserRow | null, id: string): Sender {
  if (!user) return { id, name: 'Deleted account', avatarUrl: null, kind: 'user' };
  return { id: user.id, name: user.name, avatarUrl: user.image, kind: user.kind as Sender['kind'] };
}

/**
 * `delivered` and `read` when every other member who shows receipts has come as far. The sender's own marks are
 * always at least their own message's, so they never hold the low-water mark back; they are only not counted.
 */
function statusOf({ seq, senderId }: Pick<MessageRow, 'seq' | 'senderId'>, lowWater: LowWater | null): MessageStatus {
  if (!lowWater || lowWater.receipts.visible === 0 || lowWater.only === senderId) return 'sent';
  if (seq <= lowWater.receipts.readSeq) return 'read';
  return seq <= lowWater.receipts.deliveredSeq ? 'delivered' : 'sent';
}
