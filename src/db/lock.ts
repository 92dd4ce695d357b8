type Lockable<Query> = { for(strength: 'no key update', config: { of: never }): Query };

/**
 * Locks the rows of a query in its order until the end of the transaction, where the database locks rows. Where there is one
 * writer at a time the query has no such clause, and needs none.
 */
export function forUpdate<Query extends object>(query: Query, of: object): Query {
  return 'for' in query ? (query as Query & Lockable<Query>).for('no key update', { of: of as never }) : query;
}
