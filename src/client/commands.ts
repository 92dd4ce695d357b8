import type { z } from 'zod';
import type * as conversations from '../wire/conversations.ts';
import type * as frames from '../wire/frames.ts';
import type * as members from '../wire/members.ts';
import type * as messages from '../wire/messages.ts';
import type * as people from '../wire/person.ts';
import type * as presences from '../wire/presence.ts';
import type * as reactions from '../wire/reactions.ts';
import type * as receipts from '../wire/receipts.ts';
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
  'reaction.add': Command<typeof reactions.reactionInput, typeof messages.messageView>;
  'reaction.remove': Command<typeof reactions.reactionInput>;
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
  'reaction.add': 'PUT /messages/:messageId/reactions/:emoji',
  'reaction.remove': 'DELETE /messages/:messageId/reactions/:emoji',
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
  sync: 'POST /sync',
  'socket.ticket': 'POST /ws-ticket',
};
