import type { Command } from '../kernel/command.ts';
import { conversationCreate } from './conversations/create.ts';
import { conversationGet, conversationList } from './conversations/read.ts';
import { conversationDelete, conversationUpdate } from './conversations/update.ts';
import { memberAdd } from './members/add.ts';
import { memberList } from './members/list.ts';
import { membershipUpdate } from './members/membership.ts';
import { memberRemove } from './members/remove.ts';
import { memberUpdate } from './members/update.ts';
import { messageDelete, messageEdit, messageEdits } from './messages/edit.ts';
import { messageGet, messageList } from './messages/read.ts';
import { messageSend, messageSendDirect } from './messages/send.ts';
import { contactList } from './people/contacts.ts';
import { personMe, personUpdate } from './people/me.ts';
import { presenceGet, presenceSet, presenceWatch } from './people/presence.ts';
import { reactionAdd, reactionRemove } from './reactions.ts';
import { deliveredMark, readMark } from './receipts/mark.ts';
import { unreadCount, unreadList } from './receipts/unread.ts';
import { socketTicket } from './socket.ts';
import { conversationChanges, sync } from './sync.ts';
import { typingSet } from './typing.ts';

/** The table of contents: everything that Chinwag can be asked to do. Both doors and the documents are made from it. */
export const commands: readonly Command[] = [
  conversationCreate,
  conversationList,
  conversationGet,
  conversationUpdate,
  conversationDelete,
  conversationChanges,
  memberList,
  memberAdd,
  memberUpdate,
  memberRemove,
  membershipUpdate,
  messageSend,
  messageSendDirect,
  messageList,
  messageGet,
  messageEdit,
  messageDelete,
  messageEdits,
  reactionAdd,
  reactionRemove,
  readMark,
  deliveredMark,
  unreadCount,
  unreadList,
  typingSet,
  contactList,
  presenceGet,
  presenceWatch,
  presenceSet,
  personMe,
  personUpdate,
  sync,
  socketTicket,
];

export { jobHandlers } from './jobs.ts';
export { defaultOrganisation, findDefaultOrganisation } from './people/default-organisation.ts';
export { provision, recognise } from './people/provision.ts';
