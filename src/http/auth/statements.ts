import { eq, inArray, sql } from 'drizzle-orm';
import { personColumns } from '../../kernel/person-columns.ts';
import type { Db, Tables } from '../../kernel/ports.ts';
import { placesOf, type ListSize } from '../../lib/prepared-list.ts';

type Where = { db: Db; tables: Tables };

/** Sessions with whom they are of and what they are a member of, by their tokens: a row for each membership. */
export function sessionsStatement({ db, tables: { session, user, member } }: Where, size: ListSize) {
  const { id, token, expiresAt, createdAt, impersonatedBy, activeOrganizationId } = session;
  return db
    .select({
      user: personColumns(user),
      session: { id, token, expiresAt, createdAt, impersonatedBy, activeOrganizationId },
      memberOf: member.organizationId,
      role: member.role,
    })
    .from(session)
    .innerJoin(user, eq(user.id, session.userId))
    .leftJoin(member, eq(member.userId, user.id))
    .where(inArray(session.token, placesOf(size)))
    .prepare(`sessions_${size}`);
}

/** The organisations that a person is in, and as what. */
export function organisationsStatement({ db, tables: { member } }: Where) {
  return db
    .select({ orgId: member.organizationId, role: member.role })
    .from(member)
    .where(eq(member.userId, sql.placeholder('userId')))
    .prepare('organisations');
}
