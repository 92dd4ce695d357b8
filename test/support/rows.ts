import { asc, eq } from 'drizzle-orm';
import type { AppendTimes, Draft } from '../../src/db/append.ts';
import type { Store } from '../../src/db/store.ts';
import { newId } from '../../src/lib/id.ts';

type ConversationSeed = Partial<Store['tables']['conversation']['$inferInsert']>;
type MemberSeed = Partial<Store['tables']['conversationMember']['$inferInsert']> & { userId: string };

/** A conversation with these members, as rows and nothing more. */
export async function putConversation(store: Store, members: MemberSeed[] = [], seed: ConversationSeed = {}): Promise<string> {
  const { conversation, conversationMember } = store.tables;
  const id = newId();
  await store.tx(async (db) => {
    await db
      .insert(conversation)
      .values({ id, orgId: 'org', kind: 'group', createdBy: 'somebody', memberCount: members.length, createdAt: 1, updatedAt: 1, ...seed });
    if (members.length > 0) {
      await db
        .insert(conversationMember)
        .values(members.map((member) => ({ conversationId: id, orgId: 'org', role: 'member' as const, joinedAt: 1, ...member })));
    }
  });
  return id;
}

export function draftOf(conversationId: string, senderId: string, clientId: string = newId(), more: Partial<Draft> = {}): Draft {
  return {
    id: newId(),
    conversationId,
    senderId,
    orgIds: ['org'],
    clientId,
    fingerprint: `fp-${clientId}`,
    type: 'text',
    content: `${senderId} ${clientId}`,
    metadata: {},
    replyToId: null,
    threadId: null,
    alsoToConversation: false,
    mentions: [],
    forwardedFrom: null,
    poll: null,
    apiKeyId: null,
    ...more,
  };
}

/** Stored then, and its job due at once. */
export const at = (time: number): AppendTimes => ({ createdAt: time, jobDueAt: time });

export async function conversationRow(store: Store, id: string) {
  const [row] = await store.read.select().from(store.tables.conversation).where(eq(store.tables.conversation.id, id));
  if (!row) throw new Error(`no conversation ${id}`);
  return row;
}

export function messageRows(store: Store, conversationId: string) {
  const { message } = store.tables;
  return store.read.select().from(message).where(eq(message.conversationId, conversationId)).orderBy(asc(message.seq));
}

export async function memberRows(store: Store, conversationId: string) {
  const { conversationMember } = store.tables;
  return store.read
    .select()
    .from(conversationMember)
    .where(eq(conversationMember.conversationId, conversationId))
    .orderBy(asc(conversationMember.userId));
}

/** 1, 2, 3 … up to and with `last`. */
export const upTo = (last: number): number[] => Array.from({ length: last }, (_, i) => i + 1);
