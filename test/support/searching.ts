import { ne } from 'drizzle-orm';
import type { Door, Person } from './person.ts';
import type { TestServer } from './server.ts';

/** Lets the messages settle and waits until nothing is left to do about them. */
export async function indexed({ app, clock, url }: TestServer): Promise<void> {
  clock.advance(app.ports.config.messageSettleMs);
  const { outbox } = app.ports.store.tables;
  while ((await app.ports.store.read.$count(outbox, ne(outbox.id, 'audit.prune'))) > 0) await fetch(`${url}/healthz`);
}

/** Every page of a search, and how many there were. */
export async function searchAll(who: Person, door: Door, input: Record<string, unknown>): Promise<{ items: any[]; pages: number }> {
  const items: any[] = [];
  let cursor: string | null = null;
  for (let pages = 1; ; pages++) {
    const page: any = await who.must('message.search', { ...input, ...(cursor !== null && { cursor }) }, door);
    items.push(...page.items);
    cursor = page.cursor;
    if (cursor === null) return { items, pages };
  }
}
