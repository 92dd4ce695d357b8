import { eq, sql } from 'drizzle-orm';
import type { Store } from '../../kernel/ports.ts';

// Built once, because building a statement costs more than running it.

/** A session with whom it is of, by its token. */
export function sessionStatement({ read, tables: { session, user } }: Store) {
  return read
    .select({ user, session })
    .from(session)
    .innerJoin(user, eq(user.id, session.userId))
    .where(eq(session.token, sql.placeholder('token')))
    .prepare('session');
}

/** The organisations that a person is in, and as what. */
export function organisationsStatement({ read, tables: { member } }: Store) {
  return read
    .select({ orgId: member.organizationId, role: member.role })
    .from(member)
    .where(eq(member.userId, sql.placeholder('userId')))
    .prepare('organisations');
}
