import type { Store } from '../../src/db/store.ts';

/** How many queries this work awaits, apart from those that are prepared once for all. Nothing else may be under way. */
export async function queriesDuring({ read: db }: Store, work: () => Promise<unknown>): Promise<number> {
  const read = db as { select: unknown };
  const select = read.select;
  let queries = 0;
  // Subqueries are built with the same call; they end in a statement only once, so those that are awaited are counted.
  read.select = (...args: unknown[]) => {
    const builder = (select as (...args: unknown[]) => any).apply(db, args);
    const from = builder.from.bind(builder);
    builder.from = (...tables: unknown[]) => {
      const query = from(...tables);
      const then = query.then.bind(query);
      query.then = (...handlers: unknown[]) => (queries++, then(...handlers));
      return query;
    };
    return builder;
  };
  await work();
  read.select = select;
  return queries;
}
