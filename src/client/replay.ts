import type { Event } from '../wire/events.ts';

/** What a person's own devices are told and has no `rev` by which an answer could be compared with it. */
const OWN = /^(me|membership|block|notification|preference)\./;

/**
 * Such an event that comes while an answer is on its way may be newer than the answer. It is applied once more after it; those that the
 * answer contained already change nothing by that, because they come in their order.
 */
export function createReplay(apply: (event: Event) => void) {
  const underWay = new Set<Event[]>();
  return {
    heard(event: Event): void {
      if (OWN.test(event.type)) for (const told of underWay) told.push(event);
    },
    /** `work` asks and puts the answer into the state. */
    async after<T>(work: () => Promise<T>): Promise<T> {
      const told: Event[] = [];
      underWay.add(told);
      try {
        return await work();
      } finally {
        underWay.delete(told);
        told.forEach(apply);
      }
    },
  };
}

export type Replay = ReturnType<typeof createReplay>;
