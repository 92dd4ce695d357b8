import { kit } from './kit.ts';
import { defineTables } from './tables/index.ts';

export const tables = defineTables(kit);

// drizzle-kit reads exported tables.
export const {
  user,
  session,
  account,
  verification,
  apikey,
  organization,
  member,
  invitation,
  conversation,
  conversationMember,
  message,
  messageEdit,
  hiddenMessage,
  pin,
  linkPicture,
  threadRead,
  reaction,
  pollVote,
  block,
  notification,
  notificationPreference,
  pushSubscription,
  outbox,
  setting,
  audit,
} = tables;
