/**
 * Resolves when everything that could be read in this turn of the event loop has been handed out. A microtask is too early: it
 * runs after each single frame, and a synchronous commit there would leave every frame a commit (and an fsync) of its own.
 */
export function endOfTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
