/** Lets so many pieces of work run at the same time; the others wait in the order in which they came. */
export function createGate(most: number) {
  const waiting: (() => void)[] = [];
  let inside = 0;

  return async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (inside < most) inside++;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      // Whoever is next takes over the place.
      const next = waiting.shift();
      if (next) next();
      else inside--;
    }
  };
}
