import type { Parameters } from 'fast-check';

/** How much of a search this run can afford: PROPERTY_RUNS asks for more, PROPERTY_SEED for one that failed before. */
export function searching(runs: number): Parameters<unknown> {
  const { PROPERTY_RUNS, PROPERTY_SEED } = process.env;
  return { numRuns: PROPERTY_RUNS ? Number(PROPERTY_RUNS) : runs, ...(PROPERTY_SEED && { seed: Number(PROPERTY_SEED) }) };
}

/** Long enough for however many runs were asked for; the tests themselves wait for events only. */
export const SEARCH_TIMEOUT_MS = 3_600_000;
