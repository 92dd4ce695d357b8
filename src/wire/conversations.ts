import { z } from 'zod';
import { avatarUrl, conversationIn, cursor, flag, id, limit, metadata, page, seq, text, time, userRef } from './common.ts';
import { draft } from './drafts.ts';
import { message } from './messages.ts';
import { person } from './person.ts';

export const conversationKind = z.enum(['direct', 'group', 'support']);
export const memberRole = z.enum(['owner', 'admin', 'member', 'observer']);
export type MemberRole = z.infer<typeof memberRole>;
export const notify = z.enum(['all', 'mentions', 'none']);

export const conversationSettings = z
  .object({
    history: z.enum(['all', 'joined']).describe('What new members see: everything, or what came after they joined.'),
    posting: z.enum(['members', 'admins']).describe('Who may post.'),
    inviting: z.enum(['members', 'admins']).describe('Who may add members.'),
    pinning: z.enum(['members', 'admins']).describe('Who may pin messages.'),
    mentioningAll: z.enum(['members', 'admins']).describe('Who may mention everybody with `all`.'),
    slowModeSeconds: z.number().int().min(0).max(21_600).describe('Members wait this long between two messages of theirs; 0 is off.'),
  })
  .meta({ id: 'ConversationSettings' });
export type ConversationSettings = z.infer<typeof conversationSettings>;

export const context = z
  .object({ type: text.min(1).max(64), id: text.min(1).max(256) })
  .meta({ id: 'ConversationContext', description: 'The booking, ticket or page that the conversation is about.' });

export const membership = z
  .object({
    role: memberRole,
    readSeq: seq.describe('Read up to and with this message.'),
    deliveredSeq: seq.describe('Delivered up to and with this message.'),
    unread: seq,
    notify,
    mutedUntil: time.nullable(),
    pinned: flag,
    archived: flag,
    draft: draft.nullable(),
    nextSendAt: time.nullable().describe('In slow mode: not before then may you send again. It may be over already.'),
    joinedAt: time,
  })
  .meta({ id: 'Membership', description: 'What the caller has in this conversation. `unread` is `lastSeq - readSeq`.' });
export type Membership = z.infer<typeof membership>;

export const receipts = z.object({ readSeq: seq, deliveredSeq: seq, visible: z.number().int() }).meta({
  id: 'Receipts',
  description: 'Low-water marks of everybody who shows receipts: all of them have read up to `readSeq`. `visible` counts them.',
});
export type Receipts = z.infer<typeof receipts>;

export const conversationCapabilities = z
  .object({
    post: flag,
    update: flag,
    delete: flag,
    leave: flag,
    addMembers: flag,
    removeMembers: flag,
    changeRoles: flag,
    pin: flag,
    mentionAll: flag,
    vote: flag,
  })
  .meta({ id: 'ConversationCapabilities' });
export type ConversationCapabilities = z.infer<typeof conversationCapabilities>;

export const sharedConversation = z
  .object({
    id,
    orgId: id,
    kind: conversationKind,
    title: z.string().nullable(),
    description: z.string().nullable(),
    avatarUrl: z.string().nullable(),
    status: z.enum(['open', 'closed']),
    context: context.nullable(),
    createdBy: z.string(),
    createdAt: time,
    updatedAt: time,
    lastSeq: seq.describe('The `seq` of its newest message.'),
    rev: seq.describe('Counts every durable change in it, without holes.'),
    lastMessageAt: time.nullable(),
    memberCount: z.number().int(),
    settings: conversationSettings,
    metadata,
  })
  .meta({ id: 'SharedConversation', description: 'The part of a conversation that is the same for every reader; this is what events carry.' });
export type SharedConversation = z.infer<typeof sharedConversation>;

export const conversation = sharedConversation
  .extend({
    lastMessage: message.nullable(),
    peer: person.nullable().describe('The other person of a direct conversation.'),
    membership,
    receipts,
    capabilities: conversationCapabilities,
  })
  .meta({ id: 'Conversation', description: 'A conversation as one caller sees it.' });
export type Conversation = z.infer<typeof conversation>;

const title = text.trim().min(1).max(200);
const description = text.trim().max(2000);

export const conversationCreateInput = z.object({
  kind: z.enum(['direct', 'group']).optional().describe('`direct` needs `userId`, `group` needs `title`. By default what the other fields say.'),
  orgId: id.optional(),
  userId: userRef.optional(),
  targetUserId: userRef.optional().describe('The same as `userId`.'),
  title: title.optional(),
  description: description.optional(),
  avatarUrl: avatarUrl.optional(),
  memberIds: z.array(userRef).optional(),
  context: context.optional(),
  settings: conversationSettings.partial().optional(),
  metadata: metadata.optional(),
});

export const conversationListInput = z.object({
  limit,
  cursor,
  archived: flag.optional().describe('Only archived ones; by default only those that are not.'),
  kind: conversationKind.optional(),
  orgId: id.optional(),
});
export const conversationList = page(conversation);

export const conversationGetInput = z.object(conversationIn);
export const conversationUpdateInput = z.object({
  ...conversationIn,
  title: title.optional(),
  description: description.nullable().optional(),
  avatarUrl: avatarUrl.optional(),
  settings: conversationSettings.partial().optional(),
  metadata: metadata.optional(),
});
export const conversationDeleteInput = z.object(conversationIn);
