import { sqliteKit } from './kit.sqlite.ts';
import { defineTables } from './tables/index.ts';

export const tables = defineTables(sqliteKit);

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
