import type { Kit } from '../kit.ts';
import { authTables } from './auth.gen.ts';
import { conversationTables } from './conversations.ts';
import { messageTables } from './messages.ts';
import { systemTables } from './system.ts';

export function defineTables(k: Kit) {
  return { ...authTables(k), ...conversationTables(k), ...messageTables(k), ...systemTables(k) };
}

export type Tables = ReturnType<typeof defineTables>;
