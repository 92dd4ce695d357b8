/** A second look at the same table, with a type of its own. A proxy over the table, so it serves both dialects. */
export { alias } from 'drizzle-orm/pg-core';
