import type { Tables } from './ports.ts';

/** A ban without an end lasts until it is lifted. */
export function isBanned({ banned, banExpires }: Pick<Tables['user']['$inferSelect'], 'banned' | 'banExpires'>, now: number): boolean {
  return banned === true && (banExpires === null || banExpires.getTime() > now);
}
