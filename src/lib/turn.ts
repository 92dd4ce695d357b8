/**
 * Resolves when everything that could be read in this turn of the event loop has been handed out. A microtask is too early: it
 * runs after each single frame, and a synchronous commit there would leave every frame a commit (and an fsync) of its own.
 */
export function endOfTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

let turn = 0;
let ends = false;

/** Another number in each turn of the event loop: whoever gets the same one twice has not waited for anything outside. */
export function thisTurn(): number {
  if (!ends) {
    ends = true;
    setImmediate(() => {
      turn++;
      ends = false;
    });
  }
  return turn;
}
