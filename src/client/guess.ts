import { Disconnected } from './error.ts';

type Waiter = { resolve(): void; reject(error: Disconnected): void };

/**
 * What is kept is shown before the server has said who is signed in. Until then nothing is asked in their name: with the cookie of
 * somebody else it would be said, or read, by them.
 */
export function createGuess() {
  const waiting = new Set<Waiter>();
  let open = false;

  function settle(one: (waiter: Waiter) => void): void {
    const all = [...waiting];
    waiting.clear();
    all.forEach(one);
  }

  return {
    isOpen: (): boolean => open,
    begin: (): void => void (open = true),
    /** Resolves when it was right. Rejects as `disconnected` when it was wrong, or when the server cannot be asked for now. */
    whenRight: (): Promise<void> => new Promise((resolve, reject) => waiting.add({ resolve, reject })),
    right(): void {
      open = false;
      settle(({ resolve }) => resolve());
    },
    wrong(): void {
      open = false;
      settle(({ reject }) => reject(new Disconnected()));
    },
    unanswered: (): void => settle(({ reject }) => reject(new Disconnected())),
  };
}

export type Guess = ReturnType<typeof createGuess>;
