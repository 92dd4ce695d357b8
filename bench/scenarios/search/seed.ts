/** Writes the messages into the tables and into the search index, in their order. */
import type { Store } from '../../../src/db/store.ts';
import { indexed } from '../../../src/lib/search-query.ts';
import { CONVERSATIONS, conversationIds, DAY_MS, dice, END, everywhere, FEW, idThen, inFew, MESSAGES, orgId, senders, text } from './corpus.ts';

const ROWS = 500;
const STEP_MS = (730 * DAY_MS) / MESSAGES;

export async function seed(store: Store): Promise<{ rowsMs: number; indexMs: number }> {
  const { conversation, conversationMember, message, user, member, organization } = store.tables;
  const put = async <Row>(rows: Row[], write: (some: Row[]) => Promise<unknown>): Promise<void> => {
    for (let i = 0; i < rows.length; i += ROWS) await write(rows.slice(i, i + ROWS));
  };
  const now = new Date(END);
  await store.tx(async (db) => {
    await db.insert(organization).values({ id: orgId, name: 'Bench', slug: 'bench', createdAt: now });
    await put(senders, (ids) =>
      db.insert(user).values(ids.map((id) => ({ id, name: id, email: `${id}@example.com`, createdAt: now, updatedAt: now }))),
    );
    await put(senders, (ids) =>
      db.insert(member).values(ids.map((userId) => ({ id: userId, organizationId: orgId, userId, role: 'member', createdAt: now }))),
    );
    await put(conversationIds, (ids) =>
      db.insert(conversation).values(
        ids.map((id) => ({
          id,
          orgId,
          kind: 'group' as const,
          title: id,
          createdBy: everywhere,
          lastSeq: MESSAGES,
          rev: MESSAGES,
          memberCount: 7,
          createdAt: END,
          updatedAt: END,
        })),
      ),
    );
    const members = conversationIds.flatMap((conversationId, i) =>
      [everywhere, ...(i % (CONVERSATIONS / FEW) === 0 ? [inFew] : []), ...senders.slice(2 + (i % 190), 7 + (i % 190))].map((userId) => ({
        conversationId,
        userId,
        orgId,
        role: 'member' as const,
        joinedAt: 1,
      })),
    );
    await put(members, (rows) => db.insert(conversationMember).values(rows));
  });
  const seqs = new Map<string, number>();
  let [rowsMs, indexMs] = [0, 0];
  for (let i = 0; i < MESSAGES; i += ROWS) {
    const rows = Array.from({ length: Math.min(ROWS, MESSAGES - i) }, (_, n) => {
      const createdAt = Math.floor(END - (MESSAGES - i - n) * STEP_MS);
      const which = Math.floor(dice() ** 2 * CONVERSATIONS);
      const conversationId = conversationIds[which] ?? '';
      const seq = (seqs.get(conversationId) ?? 0) + 1;
      seqs.set(conversationId, seq);
      const id = idThen(createdAt);
      const senderId = senders[2 + ((which % 190) + Math.floor(dice() * 5))] ?? '';
      return { id, conversationId, orgId, seq, rev: seq, senderId, clientId: id, type: 'text' as const, content: text(), createdAt };
    });
    const started = performance.now();
    await store.tx(async (db) => void (await db.insert(message).values(rows)));
    const written = performance.now();
    await store.tx((db) =>
      store.search.put(
        db,
        rows.map((row) => ({ ...row, words: indexed(row.content) })),
      ),
    );
    rowsMs += written - started;
    indexMs += performance.now() - written;
  }
  return { rowsMs, indexMs };
}
