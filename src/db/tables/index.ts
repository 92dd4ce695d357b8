import type { Kit } from '../kit.ts';
import { authTables } from './auth.gen.ts';
import { conversationTables } from './conversations.ts';
import { messageTables } from './messages.ts';
import { notificationTables } from './notifications.ts';
import { peopleTables } from './people.ts';
import { pollTables } from './polls.ts';
import { reactionTables } from './reactions.ts';
import { systemTables } from './system.ts';

export function defineTables(k: Kit) {
  const messages = messageTables(k);
  return {
    ...authTables(k),
    ...conversationTables(k),
    ...messages,
    ...reactionTables(k, messages),
    ...pollTables(k, messages),
    ...peopleTables(k),
    ...notificationTables(k),
    ...systemTables(k),
  };
}

export type Tables = ReturnType<typeof defineTables>;
