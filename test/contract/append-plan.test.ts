import { SQL } from 'bun';
import { expect, test } from 'bun:test';
import { createAppend } from '../../src/db/append.postgres.ts';
import { newId } from '../../src/lib/id.ts';
import { createDatabase, dialects } from '../support/database.ts';
import { openTestStore } from '../support/migrated.ts';
import { at, draftOf } from '../support/rows.ts';

type Plan = { 'Node Type': string; 'Index Name'?: string; 'Parent Relationship'?: string; 'Subplan Name'?: string; Plans?: Plan[] };

for (const dialect of dialects.filter((one) => one === 'postgres')) {
  test.each([
    ['plain messages', {}],
    ['replies in threads that quote', { threadId: newId(), replyToId: newId() }],
  ])('a batch of %s compares no message with all others, and looks for repeats by their names', async (_, refers) => {
    const database = await createDatabase(dialect);
    const store = await openTestStore(database.url);
    const client = new SQL(database.url, { max: 1 });
    const plans: Plan[] = [];
    const explaining = {
      async unsafe(statement: string, values: unknown[]) {
        const [row] = await client.unsafe(`explain (format json) ${statement}`, values);
        plans.push(...(row['QUERY PLAN'] as { Plan: Plan }[]).map((one) => one.Plan));
        return [];
      },
    };
    try {
      // For any number of messages, and made before any is stored: nothing is known of the tables then.
      await client.unsafe('set plan_cache_mode = force_generic_plan');
      await createAppend(explaining as unknown as SQL)([draftOf(newId(), newId(), 'a', refers)], at(1));
      const nodes = plans.flatMap(flat);
      const repeated = nodes.filter((node) => node['Node Type'] === 'Nested Loop').map((node) => inner(node)['Node Type']);
      expect(repeated.filter((type) => type === 'CTE Scan' || type === 'Materialize')).toEqual([]);
      expect(nodes.map((node) => node['Index Name'])).toContain('message_client_uq');
      expect(nodes.length).toBeGreaterThan(30);
    } finally {
      await client.close();
      await store.close();
      await database.drop();
    }
  });
}

const flat = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(flat)];

function inner(node: Plan): Plan {
  return node.Plans?.find((child) => child['Parent Relationship'] === 'Inner') ?? node;
}
