type Page<Item> = { items: Item[]; cursor: string | null };

/** What is on all pages of a list. `ask` takes the cursor, which the first page has not. */
export async function allPages<Item>(ask: (place: { limit: number; cursor?: string }) => Promise<Page<Item>>): Promise<Item[]> {
  const all: Item[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page: Page<Item> = await ask({ limit: PAGE, ...(cursor && { cursor }) });
    all.push(...page.items);
    cursor = page.cursor;
  }
  return all;
}

const PAGE = 200;
