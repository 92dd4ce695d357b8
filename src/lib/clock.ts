export type Timer = { cancel(): void };

/** Time as a port, so that tests move it by hand. */
export interface Clock {
  /** Epoch milliseconds: what is stored and told. It steps when somebody sets the clock. */
  now(): number;
  /** Milliseconds since some moment, which never step: for how long something took or lasts within this process. */
  monotonic(): number;
  after(ms: number, task: () => void): Timer;
  every(ms: number, task: () => void): Timer;
}

/** Timers never keep the process alive: what holds it open is the listening socket. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, task) {
    const timer = setTimeout(task, ms);
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
  every(ms, task) {
    const timer = setInterval(task, ms);
    timer.unref();
    return { cancel: () => clearInterval(timer) };
  },
};
