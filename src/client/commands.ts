import type { z } from 'zod';
import type * as blocks from '../wire/blocks.ts';
import type * as audits from '../wire/audit.ts';
import type * as conversations from '../wire/conversations.ts';
import type * as frames from '../wire/frames.ts';
import type * as keys from '../wire/keys.ts';
import type * as members from '../wire/members.ts';
import type * as messages from '../wire/messages.ts';
import type * as drafts from '../wire/drafts.ts';
import type * as pins from '../wire/pins.ts';
import type * as polls from '../wire/polls.ts';
import type * as previews from '../wire/previews.ts';
import type * as threads from '../wire/threads.ts';
import type * as notifications from '../wire/notifications.ts';
import type * as people from '../wire/person.ts';
import type * as presences from '../wire/presence.ts';
import type * as pushes from '../wire/push.ts';
import type * as reactions from '../wire/reactions.ts';
import type * as receipts from '../wire/receipts.ts';
import type * as searches from '../wire/search.ts';
import type * as syncing from '../wire/sync.ts';
import type * as typings from '../wire/typing.ts';

type Command<Input extends z.ZodType, Output extends z.ZodType | null = null> = {
  input: z.input<Input>;
  output: Output extends z.ZodType ? z.output<Output> : null;
};

/** Every command with the shapes of its input and its answer, as the schemas of the wire have them. */
export type Commands = {
  'conversation.create': Command<typeof conversations.conversationCreateInput, typeof conversations.conversation>;
  'conversation.list': Command<typeof conversations.conversationListInput, typeof conversations.conversationList>;
  'conversation.get': Command<typeof conversations.conversationGetInput, typeof conversations.conversation>;
  'conversation.update': Command<typeof conversations.conversationUpdateInput, typeof conversations.conversation>;
  'conversation.delete': Command<typeof conversations.conversationDeleteInput>;
  'conversation.changes': Command<typeof syncing.conversationChangesInput, typeof syncing.changes>;
  'member.list': Command<typeof members.memberListInput, typeof members.memberList>;
  'member.add': Command<typeof members.memberAddInput, typeof members.memberAdd>;
  'member.update': Command<typeof members.memberUpdateInput, typeof members.memberView>;
  'member.remove': Command<typeof members.memberRemoveInput>;
  'membership.update': Command<typeof members.membershipUpdateInput, typeof members.membershipUpdate>;
  'message.send': Command<typeof messages.messageSendInput, typeof messages.messageView>;
  'message.sendDirect': Command<typeof messages.messageSendDirectInput, typeof messages.messageView>;
  'message.list': Command<typeof messages.messageListInput, typeof messages.messageList>;
  'message.get': Command<typeof messages.messageGetInput, typeof messages.messageView>;
  'message.edit': Command<typeof messages.messageEditInput, typeof messages.messageView>;
  'message.delete': Command<typeof messages.messageDeleteInput>;
  'message.edits': Command<typeof messages.messageEditsInput, typeof messages.messageEdits>;
  'message.forward': Command<typeof messages.messageForwardInput, typeof messages.messageView>;
  'message.search': Command<typeof searches.searchInput, typeof searches.foundPage>;
  'thread.list': Command<typeof threads.threadListInput, typeof threads.threadList>;
  'thread.get': Command<typeof threads.threadGetInput, typeof threads.thread>;
  'thread.read': Command<typeof threads.threadReadInput, typeof threads.threadMark>;
  'linkPreview.remove': Command<typeof previews.linkPreviewRemoveInput>;
  'pin.add': Command<typeof pins.pinInput, typeof messages.messageView>;
  'pin.remove': Command<typeof pins.pinInput>;
  'pin.list': Command<typeof pins.pinListInput, typeof pins.pinList>;
  'poll.create': Command<typeof polls.pollCreateInput, typeof messages.messageView>;
  'poll.vote': Command<typeof polls.pollVoteInput, typeof messages.messageView>;
  'poll.close': Command<typeof polls.pollCloseInput, typeof messages.messageView>;
  'draft.set': Command<typeof drafts.draftSetInput, typeof drafts.draftSet>;
  'reaction.add': Command<typeof reactions.reactionInput, typeof messages.messageView>;
  'reaction.remove': Command<typeof reactions.reactionInput>;
  'receipt.list': Command<typeof receipts.receiptListInput, typeof receipts.receiptList>;
  'read.mark': Command<typeof receipts.markInput, typeof receipts.marks>;
  'delivered.mark': Command<typeof receipts.markInput, typeof receipts.marks>;
  'unread.count': Command<typeof receipts.unreadCountInput, typeof receipts.unreadCount>;
  'unread.list': Command<typeof receipts.unreadListInput, typeof receipts.unreadList>;
  'typing.set': Command<typeof typings.typingSetInput>;
  'contact.list': Command<typeof people.contactListInput, typeof people.contactList>;
  'presence.get': Command<typeof presences.presenceGetInput, typeof presences.presenceAnswer>;
  'presence.watch': Command<typeof presences.presenceWatchInput, typeof presences.presenceList>;
  'presence.set': Command<typeof presences.presenceSetInput>;
  'person.me': Command<typeof people.personMeInput, typeof people.me>;
  'person.update': Command<typeof people.personUpdateInput, typeof people.me>;
  'person.get': Command<typeof people.personGetInput, typeof people.profile>;
  'block.add': Command<typeof blocks.blockInput, typeof blocks.block>;
  'block.remove': Command<typeof blocks.blockInput>;
  'block.list': Command<typeof blocks.blockListInput, typeof blocks.blockList>;
  'notification.list': Command<typeof notifications.notificationListInput, typeof notifications.notificationList>;
  'notification.read': Command<typeof notifications.notificationReadInput, typeof notifications.notificationRead>;
  'preference.get': Command<typeof notifications.preferenceGetInput, typeof notifications.notificationPreferences>;
  'preference.update': Command<typeof notifications.preferenceUpdateInput, typeof notifications.notificationPreferences>;
  'person.upsert': Command<typeof people.personUpsertInput, typeof people.personUpsert>;
  'person.remove': Command<typeof people.personRemoveInput>;
  'key.create': Command<typeof keys.keyCreateInput, typeof keys.createdKey>;
  'key.list': Command<typeof keys.keyListInput, typeof keys.keyList>;
  'key.revoke': Command<typeof keys.keyRevokeInput>;
  'audit.list': Command<typeof audits.auditListInput, typeof audits.auditList>;
  'push.key': Command<typeof pushes.pushKeyInput, typeof pushes.pushKey>;
  'push.subscribe': Command<typeof pushes.pushSubscribeInput, typeof pushes.pushSubscription>;
  'push.unsubscribe': Command<typeof pushes.pushUnsubscribeInput>;
  sync: Command<typeof syncing.syncInput, typeof syncing.sync>;
  'socket.ticket': Command<typeof frames.socketTicketInput, typeof frames.socketTicket>;
};

export type CommandName = keyof Commands;
export type Input<Name extends CommandName> = Commands[Name]['input'];
export type Output<Name extends CommandName> = Commands[Name]['output'];

/** Rejects with a ChinwagError. */
export type Call = <Name extends CommandName>(name: Name, input: Input<Name>) => Promise<Output<Name>>;

/**
 * Where each command is found over HTTP, below /api/chat. Null: only over the socket, because it is about the connection.
 * A test compares this with the server's own table.
 */
export const routes: Record<CommandName, string | null> = {
  'conversation.create': 'POST /conversations',
  'conversation.list': 'GET /conversations',
  'conversation.get': 'GET /conversations/:conversationId',
  'conversation.update': 'PATCH /conversations/:conversationId',
  'conversation.delete': 'DELETE /conversations/:conversationId',
  'conversation.changes': 'GET /conversations/:conversationId/changes',
  'member.list': 'GET /conversations/:conversationId/members',
  'member.add': 'POST /conversations/:conversationId/members',
  'member.update': 'PATCH /conversations/:conversationId/members/:userId',
  'member.remove': 'DELETE /conversations/:conversationId/members/:userId',
  'membership.update': 'PATCH /conversations/:conversationId/membership',
  'message.send': 'POST /conversations/:conversationId/messages',
  'message.sendDirect': 'POST /send',
  'message.list': 'GET /conversations/:conversationId/messages',
  'message.get': 'GET /messages/:messageId',
  'message.edit': 'PATCH /messages/:messageId',
  'message.delete': 'DELETE /messages/:messageId',
  'message.edits': 'GET /messages/:messageId/edits',
  'message.forward': 'POST /messages/:messageId/forward',
  'message.search': 'GET /search',
  'thread.list': 'GET /conversations/:conversationId/threads',
  'thread.get': 'GET /threads/:threadId',
  'thread.read': 'PUT /threads/:threadId/read',
  'linkPreview.remove': 'DELETE /messages/:messageId/link-preview',
  'pin.add': 'PUT /messages/:messageId/pin',
  'pin.remove': 'DELETE /messages/:messageId/pin',
  'pin.list': 'GET /conversations/:conversationId/pins',
  'poll.create': 'POST /conversations/:conversationId/polls',
  'poll.vote': 'PUT /messages/:messageId/poll/vote',
  'poll.close': 'POST /messages/:messageId/poll/close',
  'draft.set': 'PUT /conversations/:conversationId/draft',
  'reaction.add': 'PUT /messages/:messageId/reactions/:emoji',
  'reaction.remove': 'DELETE /messages/:messageId/reactions/:emoji',
  'receipt.list': 'GET /messages/:messageId/receipts',
  'read.mark': 'PUT /conversations/:conversationId/read',
  'delivered.mark': 'PUT /conversations/:conversationId/delivered',
  'unread.count': 'GET /unread-count',
  'unread.list': 'GET /unread',
  'typing.set': 'POST /conversations/:conversationId/typing',
  'contact.list': 'GET /contacts',
  'presence.get': 'GET /online-status',
  'presence.watch': null,
  'presence.set': null,
  'person.me': 'GET /me',
  'person.update': 'PATCH /me',
  'person.get': 'GET /people/:userId',
  'block.add': 'PUT /blocks/:userId',
  'block.remove': 'DELETE /blocks/:userId',
  'block.list': 'GET /blocks',
  'notification.list': 'GET /notifications',
  'notification.read': 'POST /notifications/read',
  'preference.get': 'GET /notifications/preferences',
  'preference.update': 'PATCH /notifications/preferences',
  'person.upsert': 'PUT /people',
  'person.remove': 'DELETE /people/:userId',
  'key.create': 'POST /keys',
  'key.list': 'GET /keys',
  'key.revoke': 'DELETE /keys/:keyId',
  'audit.list': 'GET /audit',
  'push.key': 'GET /push/key',
  'push.subscribe': 'POST /push/subscriptions',
  'push.unsubscribe': 'DELETE /push/subscriptions',
  sync: 'POST /sync',
  'socket.ticket': 'POST /ws-ticket',
};
