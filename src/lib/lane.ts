type Task = { shared: boolean; run(): Promise<void> };

/**
 * A serial lane: tasks start in the order they were added. An exclusive task starts when everything before it
 * has ended. Tasks marked `shared` that stand next to each other start at once, one after another in the same tick
 * (pipelined sends); whoever follows waits for all of them.
 *
 * A class, because every connection has one: methods made anew for each would take more than everything else about it.
 */
class Lane {
  #waiting: Task[] | null = null;
  #running = 0;
  #runningShared = false;

  add(run: () => Promise<void>, shared = false): void {
    (this.#waiting ??= []).push({ shared, run });
    this.#startWhatMay();
  }

  get depth(): number {
    return (this.#waiting?.length ?? 0) + this.#running;
  }

  clear(): void {
    this.#waiting = null;
  }

  #startWhatMay(): void {
    for (let next = this.#waiting?.[0]; next && (this.#running === 0 || (this.#runningShared && next.shared)); next = this.#waiting?.[0]) {
      this.#waiting?.shift();
      this.#running++;
      this.#runningShared = next.shared;
      void next.run().then(
        () => this.#ended(),
        (error: unknown) => {
          this.#ended();
          throw error;
        },
      );
    }
    if (this.#waiting?.length === 0) this.#waiting = null;
  }

  #ended(): void {
    this.#running--;
    this.#startWhatMay();
  }
}

export type { Lane };
export const createLane = (): Lane => new Lane();
