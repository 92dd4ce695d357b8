import type { Command } from '../kernel/command.ts';
import { auditList } from './audit.ts';
import { conversationCreate } from './conversations/create.ts';
import { conversationGet, conversationList } from './conversations/read.ts';
import { conversationDelete, conversationUpdate } from './conversations/update.ts';
import { keyCreate } from './keys/create.ts';
import { keyList } from './keys/list.ts';
import { keyRevoke } from './keys/revoke.ts';
import { memberAdd } from './members/add.ts';
import { memberList } from './members/list.ts';
import { membershipUpdate } from './members/membership.ts';
import { memberRemove } from './members/remove.ts';
import { memberUpdate } from './members/update.ts';
import { draftSet } from './drafts.ts';
import { messageDelete } from './messages/delete.ts';
import { messageEdit, messageEdits } from './messages/edit.ts';
import { linkPictureGet } from './messages/picture.ts';
import { linkPreviewRemove } from './messages/preview.ts';
import { messageForward } from './messages/forward.ts';
import { messageGet, messageList } from './messages/read.ts';
import { messageSend, messageSendDirect } from './messages/send.ts';
import { preferenceGet, preferenceUpdate } from './notifications/preferences.ts';
import { notificationList, notificationRead } from './notifications/read.ts';
import { blockAdd, blockList, blockRemove } from './people/blocks.ts';
import { contactList } from './people/contacts.ts';
import { personMe, personUpdate } from './people/me.ts';
import { personGet } from './people/profile.ts';
import { presenceGet, presenceSet, presenceWatch } from './people/presence.ts';
import { pushKey, pushSubscribe, pushUnsubscribe } from './push/subscribe.ts';
import { pinAdd, pinList, pinRemove } from './pins.ts';
import { pollClose } from './polls/close.ts';
import { pollCreate } from './polls/create.ts';
import { pollVote } from './polls/vote.ts';
import { personRemove } from './people/remove.ts';
import { personUpsert } from './people/upsert.ts';
import { reactionAdd, reactionRemove } from './reactions.ts';
import { receiptList } from './receipts/list.ts';
import { deliveredMark, readMark } from './receipts/mark.ts';
import { unreadCount, unreadList } from './receipts/unread.ts';
import { messageSearch } from './search/index.ts';
import { socketTicket } from './socket.ts';
import { conversationChanges, sync } from './sync.ts';
import { threadRead } from './threads/mark.ts';
import { threadGet, threadList } from './threads/read.ts';
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
  messageForward,
  linkPreviewRemove,
  messageSearch,
  threadList,
  threadGet,
  threadRead,
  pinAdd,
  pinRemove,
  pinList,
  pollCreate,
  pollVote,
  pollClose,
  draftSet,
  reactionAdd,
  reactionRemove,
  readMark,
  deliveredMark,
  receiptList,
  unreadCount,
  unreadList,
  typingSet,
  contactList,
  presenceGet,
  presenceWatch,
  presenceSet,
  personMe,
  personUpdate,
  personGet,
  blockAdd,
  blockRemove,
  blockList,
  notificationList,
  notificationRead,
  preferenceGet,
  preferenceUpdate,
  personUpsert,
  personRemove,
  keyCreate,
  keyList,
  keyRevoke,
  auditList,
  pushKey,
  pushSubscribe,
  pushUnsubscribe,
  sync,
  socketTicket,
];

/** What is asked for as a command is, by the same pipeline, and answered with a file: over HTTP alone. */
export const files: readonly Command[] = [linkPictureGet];

export { pruneAudit } from './audit.ts';
export { putIntoSchedule } from './schedule.ts';
export { jobKinds } from './jobs.ts';
export { defaultOrganisation, findDefaultOrganisation } from './people/default-organisation.ts';
export { openings } from './openings.ts';
export { enrolUnseen } from './people/enrol.ts';
export { provision, recognise } from './people/provision.ts';
