/**
 * A serial lane: tasks start in the order they were added. An exclusive task starts when everything before it
 * has ended. Tasks marked `shared` that stand next to each other start at once, one after another in the same tick
 * (pipelined sends); whoever follows waits for all of them.
 */
export function createLane() {
  type Task = { shared: boolean; run(): Promise<void> };
  const waiting: Task[] = [];
  let running = 0;
  let runningShared = false;

  function add(run: () => Promise<void>, shared = false): void {
    waiting.push({ shared, run });
    startWhatMay();
  }

  function startWhatMay(): void {
    for (let next = waiting[0]; next && (running === 0 || (runningShared && next.shared)); next = waiting[0]) {
      waiting.shift();
      running++;
      runningShared = next.shared;
      void next.run().finally(() => {
        running--;
        startWhatMay();
      });
    }
  }

  return {
    add,
    get depth() {
      return waiting.length + running;
    },
    clear(): void {
      waiting.length = 0;
    },
  };
}
