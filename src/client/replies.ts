import { ChinwagError, Disconnected, failureOf, type FailureParts } from './error.ts';
import type { Ports } from './ports.ts';

/** Longer than the socket's own deadline, so that the tab that asked it is the one who gives up. */
const ANSWER_MS = 20_000;

type Waiting = { resolve(data: unknown): void; reject(error: ChinwagError): void; cancel(): void };

/** What was asked of the leading tab and is not answered yet. */
export function createReplies(ports: Pick<Ports, 'after'>) {
  const waiting = new Map<number, Waiting>();
  let nextId = 1;

  function take(id: number): Waiting | undefined {
    const asked = waiting.get(id);
    waiting.delete(id);
    asked?.cancel();
    return asked;
  }

  return {
    wait(): { id: number; answer: Promise<unknown> } {
      const id = nextId++;
      const giveUp = (): void => take(id)?.reject(new ChinwagError({ code: 'timeout', message: 'The leading tab did not answer in time.' }));
      const answer = new Promise<unknown>((resolve, reject) => {
        waiting.set(id, { resolve, reject, cancel: ports.after(ANSWER_MS, giveUp) });
      });
      return { id, answer };
    },
    settle(id: number, data: unknown, failed: FailureParts | null): void {
      const asked = take(id);
      if (failed) asked?.reject(failureOf(failed));
      else asked?.resolve(data);
    },
    /** Whoever was asked is gone. */
    giveUp(): void {
      for (const id of [...waiting.keys()]) take(id)?.reject(new Disconnected());
    },
  };
}
