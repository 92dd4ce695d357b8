import type { Db } from './store.ts';

/** A message as the index knows it. `words` are folded: letters, numbers, marks and pictographs, nothing else. */
export type Entry = { id: string; orgId: string; conversationId: string; senderId: string; type: string; words: string[] };

/** The ids of messages that contain all the words and stand in one of the conversations, as far as the index can tell. */
export type Wanted = {
  words: { text: string; prefix: boolean }[];
  orgIds: string[];
  /** Null: in any. */
  conversationIds: string[] | null;
  senderId: string | null;
  type: string | null;
  /** Bounds of the id: from this one on (null: from the first), and before that one (null: to the last). */
  from: string | null;
  before: string | null;
  limit: number;
};

/**
 * The full-text index of messages. It finds candidates, newest first: whoever asks checks that each may be read and matches,
 * and the index may name a message that does not. It never leaves one out. Everything happens in the transaction that is handed in.
 */
export interface Search {
  find(db: Db, wanted: Wanted): Promise<string[]>;
  /** Puts messages in, or in the place of what was indexed of them. */
  put(db: Db, entries: Entry[]): Promise<void>;
  /** Afterwards nothing of the words is in the index, unless another message has them. */
  remove(db: Db, messageId: string): Promise<void>;
  /** Removes some messages of a conversation, at most `limit`; answers how many it found. */
  removeSome(db: Db, conversationId: string, limit: number): Promise<number>;
}

/** Beside its words an entry holds tokens that narrow a search inside the index. No word contains their sign. */
const SIGN = '§';
export const tag = {
  organisation: (id: string): string => `${SIGN}o${short(id)}`,
  conversation: (id: string): string => `${SIGN}c${short(id)}`,
  sender: (id: string): string => `${SIGN}s${short(id)}`,
  type: (type: string): string => `${SIGN}t${type}`,
  prefix: (text: string): string => `${SIGN}p${text}`,
};

export function tagsOf({ orgId, conversationId, senderId, type }: Entry): string[] {
  return [tag.organisation(orgId), tag.conversation(conversationId), tag.sender(senderId), tag.type(type)];
}

/** The random end of an id. Two that end alike cost a look at a message that does not belong, no more. */
function short(id: string): string {
  const end = id.slice(-12);
  if (PLAIN_END.test(end)) return end;
  return id
    .replace(/[^0-9A-Za-z]/g, '')
    .slice(-12)
    .toLowerCase();
}
const PLAIN_END = /^[0-9a-z]{12}$/;
