import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm';
import { forUpdate } from '../../db/lock.ts';
import { defineCommand, signedIn, type Ctx } from '../../kernel/command.ts';
import { topics } from '../../kernel/effects.ts';
import { fail } from '../../kernel/errors.ts';
import type { Db, Mark, Marked, Tables } from '../../kernel/ports.ts';
import { readUpTo } from '../notifications/read.ts';
import { markInput, marks, type Marks } from '../../wire/receipts.ts';

export const readMark = defineCommand({
  name: 'read.mark',
  summary: 'Mark as read',
  description: 'Everything up to and with `seq`. Marks only move forward and never beyond the newest message; read implies delivered.',
  http: [{ method: ['put', 'patch'], path: '/conversations/:conversationId/read' }],
  input: markInput,
  output: marks,
  limit: 'signal',
  mode: 'lane',
  examples: [{ summary: 'All', input: { conversationId: '{conversation}' } }],
  // The lane updates the member's own row, and finds none for a stranger.
  allow: signedIn,
  run: (ctx, { conversationId, seq = Number.MAX_SAFE_INTEGER }) =>
    mark(ctx, { conversationId, userId: ctx.actor.userId, readSeq: seq, deliveredSeq: seq }),
});

export const deliveredMark = defineCommand({
  name: 'delivered.mark',
  summary: 'Mark as delivered',
  description: 'Everything up to and with `seq` has reached a device of yours.',
  http: [{ method: ['put', 'patch'], path: '/conversations/:conversationId/delivered' }],
  input: markInput,
  output: marks,
  limit: 'signal',
  mode: 'lane',
  examples: [{ summary: 'All', input: { conversationId: '{conversation}' } }],
  allow: signedIn,
  run: (ctx, { conversationId, seq = Number.MAX_SAFE_INTEGER }) =>
    mark(ctx, { conversationId, userId: ctx.actor.userId, readSeq: 0, deliveredSeq: seq }),
});

async function mark(ctx: Ctx, wanted: Mark): Promise<Marks> {
  const marked = await ctx.marks.add(wanted);
  if (!marked || !ctx.actor.orgs.has(marked.orgId)) return fail('not_found', 'The conversation does not exist, or you are not a member.');
  const { conversationId, userId } = wanted;
  const { readSeq, deliveredSeq, lastSeq, moved } = marked;
  const unread = lastSeq - readSeq;
  if (moved) {
    // Where one blocks the other, nobody is told live where the other is.
    if (!ctx.actor.hideReceipts && !marked.blocked) {
      ctx.effects.publish(topics.conversation(conversationId), { type: 'receipt.updated', conversationId, data: { userId, readSeq, deliveredSeq } });
    }
    ctx.effects.publish(topics.person(userId), { type: 'unread.updated', conversationId, data: { readSeq, deliveredSeq, unread } });
  }
  if (marked.notified) await ctx.write((inner) => readUpTo(inner, userId, conversationId, readSeq));
  return { conversationId, readSeq, deliveredSeq, unread };
}

/** Writes many marks in two statements: one reads and locks, one moves what lies ahead. */
export async function commitMarks(db: Db, tables: Tables, batch: Mark[]): Promise<Marked[]> {
  const wanted = furthest(batch);
  const found = await lockMarks(db, tables, wanted);
  const ahead = [...wanted.values()].flatMap((mark) => {
    const now = found.get(key(mark));
    return now ? moveForward(now, mark) : [];
  });
  for (const moved of ahead) found.set(key(moved), moved);
  await write(db, tables, ahead);
  const told = new Set<string>();
  return batch.map((mark) => {
    const now = found.get(key(mark));
    if (!now) return null;
    // Of several marks of one person in a batch the first one tells that they moved.
    const first = !told.has(key(mark));
    told.add(key(mark));
    return { ...now, moved: now.moved && first, notified: now.notified && first };
  });
}

type MarkRow = {
  conversationId: string;
  userId: string;
  orgId: string;
  readSeq: number;
  deliveredSeq: number;
  lastSeq: number;
  notifiedSeq: number;
  blocked: boolean;
  moved: boolean;
  notified: boolean;
};

const key = (row: { conversationId: string; userId: string }): string => `${row.conversationId} ${row.userId}`;

/** A row may be updated once in a statement: of several marks of one person the furthest counts. */
function furthest(batch: Mark[]): Map<string, Mark> {
  const merged = new Map<string, Mark>();
  for (const mark of batch) {
    const known = merged.get(key(mark));
    const readSeq = Math.max(mark.readSeq, known?.readSeq ?? 0);
    merged.set(key(mark), { ...mark, readSeq, deliveredSeq: Math.max(mark.deliveredSeq, known?.deliveredSeq ?? 0) });
  }
  return merged;
}

/** Never back, never beyond the newest message. Empty where nothing moves. */
function moveForward(now: MarkRow, mark: Mark): MarkRow[] {
  const readSeq = Math.max(now.readSeq, Math.min(mark.readSeq, now.lastSeq));
  const deliveredSeq = Math.max(now.deliveredSeq, readSeq, Math.min(mark.deliveredSeq, now.lastSeq));
  return readSeq > now.readSeq || deliveredSeq > now.deliveredSeq
    ? [{ ...now, readSeq, deliveredSeq, moved: true, notified: readSeq > now.readSeq && now.readSeq < now.notifiedSeq }]
    : [];
}

/** Locks the rows in the order in which an append locks them, so that the two never wait for each other in a circle. */
async function lockMarks(db: Db, tables: Tables, wanted: Map<string, Mark>): Promise<Map<string, MarkRow>> {
  const { conversation, conversationMember: member } = tables;
  const marks = [...wanted.values()];
  const rows = await forUpdate(
    db
      .select({
        conversationId: member.conversationId,
        userId: member.userId,
        orgId: conversation.orgId,
        readSeq: member.readSeq,
        deliveredSeq: member.deliveredSeq,
        lastSeq: conversation.lastSeq,
        notifiedSeq: member.notifiedSeq,
        blocked: member.blocked,
      })
      .from(member)
      .innerJoin(conversation, eq(conversation.id, member.conversationId))
      .where(
        and(
          isNull(member.leftAt),
          inArray(member.conversationId, [...new Set(marks.map((mark) => mark.conversationId))]),
          inArray(member.userId, [...new Set(marks.map((mark) => mark.userId))]),
        ),
      )
      .orderBy(asc(member.conversationId), asc(member.userId)),
    member,
  );
  // A row that was waited for is read again as it is now, the conversation beside it is not: a member's own send may have passed it.
  const current = rows.map((row) => ({ ...row, lastSeq: Math.max(row.lastSeq, row.readSeq, row.deliveredSeq), moved: false, notified: false }));
  return new Map(current.filter((row) => wanted.has(key(row))).map((row) => [key(row), row]));
}

async function write(db: Db, { conversationMember: member }: Tables, moved: MarkRow[]): Promise<void> {
  if (moved.length === 0) return;
  const values = sql.join(
    moved.map((mark) => sql`(${mark.conversationId}, ${mark.userId}, ${mark.readSeq}, ${mark.deliveredSeq})`),
    sql`, `,
  );
  await db
    .update(member)
    .set({ readSeq: sql`cast(v.column3 as bigint)`, deliveredSeq: sql`cast(v.column4 as bigint)` })
    .from(sql`(values ${values}) as v`)
    .where(sql`${member.conversationId} = v.column1 and ${member.userId} = v.column2`);
}
