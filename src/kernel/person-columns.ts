import type { Tables } from './ports.ts';

/** What is read of a person to know who acts: a part of the row, because it is read with each connection. */
export type PersonRow = Pick<
  Tables['user']['$inferSelect'],
  'id' | 'kind' | 'name' | 'image' | 'hideReceipts' | 'hidePresence' | 'banned' | 'banExpires'
>;

/** An organisation that somebody is in, and as what. */
export type MembershipRow = { orgId: string; role: string };
type Joined = { memberOf: string | null; role: string | null };

/** The memberships in rows of a person that are joined with them. */
export function membershipsIn(rows: readonly Joined[]): MembershipRow[] {
  return rows.flatMap(({ memberOf, role }) => (memberOf === null || role === null ? [] : [{ orgId: memberOf, role }]));
}

export function personColumns({ id, kind, name, image, hideReceipts, hidePresence, banned, banExpires }: Tables['user']) {
  return { id, kind, name, image, hideReceipts, hidePresence, banned, banExpires };
}
