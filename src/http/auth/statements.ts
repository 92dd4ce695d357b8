import { eq, sql } from 'drizzle-orm';
import type { Db, Tables } from '../../kernel/ports.ts';

type Where = { db: Db; tables: Tables };

/** A session with whom it is of, by its token. */
export function sessionStatement({ db, tables: { session, user } }: Where) {
  return db
    .select({ user, session })
    .from(session)
    .innerJoin(user, eq(user.id, session.userId))
    .where(eq(session.token, sql.placeholder('token')))
    .prepare('session');
}

/** The organisations that a person is in, and as what. */
export function organisationsStatement({ db, tables: { member } }: Where) {
  return db
    .select({ orgId: member.organizationId, role: member.role })
    .from(member)
    .where(eq(member.userId, sql.placeholder('userId')))
    .prepare('organisations');
}
