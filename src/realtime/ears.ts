type Options = {
  hearsAll: boolean;
  bus: { listen(topics: readonly string[]): Promise<void>; unlisten(topics: readonly string[]): void };
  /** A socket here is subscribed to it. */
  heard(topic: string): boolean;
  /** These people's open sockets hear a topic on which something may have been said before this process listened. */
  late(userIds: string[]): void;
  /** What is said there is not heard any longer. */
  left(topic: string): void;
};

const SWEEPS_KEPT = 2;

/** Which topics this process listens to on the bus: those that a socket here hears, and for a while those that one heard. */
export function createEars({ hearsAll, bus, heard, late, left }: Options) {
  /** How many sweeps in a row found nobody. */
  const idle = new Map<string, number>();
  /** Who waits for a topic that is not heard yet. */
  const joining = new Map<string, Set<string>>();

  return {
    /** Everything that happens to the topic comes here. */
    has: (topic: string): boolean => hearsAll || idle.has(topic),

    /** Resolves when what is published from now on is heard. */
    async listen(topics: readonly string[]): Promise<void> {
      if (hearsAll) return;
      for (const topic of topics) idle.set(topic, 0);
      await bus.listen(topics);
    },

    /** The open sockets of a person hear a topic more. */
    joined(topic: string, userId: string): void {
      if (hearsAll || (idle.has(topic) && !joining.has(topic))) return;
      const people = joining.get(topic);
      if (people) return void people.add(userId);
      joining.set(topic, new Set([userId]));
      void this.listen([topic]).then(() => {
        late([...(joining.get(topic) ?? [])]);
        joining.delete(topic);
      });
    },

    /** Called every now and then. */
    sweep(): void {
      const unheard: string[] = [];
      for (const [topic, sweeps] of idle) {
        if (heard(topic)) idle.set(topic, 0);
        else if (sweeps < SWEEPS_KEPT) idle.set(topic, sweeps + 1);
        else unheard.push(topic);
      }
      if (unheard.length === 0) return;
      for (const topic of unheard) {
        idle.delete(topic);
        left(topic);
      }
      bus.unlisten(unheard);
    },
  };
}

export type Ears = ReturnType<typeof createEars>;
