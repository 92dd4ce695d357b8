/** The pages of one browser that show the same chat. A page that cannot know of others is alone and leads. */
export type Tabs = {
  /**
   * `lead` is called once this tab leads; of all tabs that name the same, at most one does, and the next one follows as soon as it
   * is gone. `lost` is called when another one took the lead because this one did not answer.
   */
  candidate(name: string, on: { lead(): void; lost(): void }): Candidate;
  /** What is posted reaches every other tab that named the same, in the order of the calls, and never the one that posted. */
  channel(name: string, hear: (message: unknown) => void): Channel;
};

export type Candidate = {
  /** Takes the lead from a tab that does not answer. */
  steal(): void;
  /** Gives the lead away, or the wish for it. */
  withdraw(): void;
};

export type Channel = { post(message: unknown): void; close(): void };

/** For Node and Bun, and for pages without https, which have no locks. */
export const alone: Tabs = {
  candidate(_, { lead }) {
    lead();
    return { steal: () => {}, withdraw: () => {} };
  },
  channel: () => ({ post: () => {}, close: () => {} }),
};

export function browserTabs(): Tabs {
  return 'navigator' in globalThis && 'locks' in navigator && 'BroadcastChannel' in globalThis ? { candidate, channel } : alone;
}

function candidate(name: string, on: { lead(): void; lost(): void }): Candidate {
  let giveAway = (): void => {};
  let wish = new AbortController();
  let withdrawn = false;

  function ask(options: LockOptions): void {
    let leading = false;
    const held = new Promise<void>((resolve) => (giveAway = resolve));
    const lead = (): Promise<void> | undefined => {
      if (withdrawn) return undefined;
      leading = true;
      on.lead();
      return held;
    };
    // It rejects when the wish is withdrawn, and when another tab steals the lock: then we stand in line again.
    navigator.locks.request(name, options, lead).catch(() => {
      if (!leading || withdrawn) return;
      on.lost();
      stand();
    });
  }

  function stand(): void {
    wish = new AbortController();
    ask({ signal: wish.signal });
  }

  stand();
  return {
    steal() {
      wish.abort();
      ask({ steal: true });
    },
    withdraw() {
      withdrawn = true;
      wish.abort();
      giveAway();
    },
  };
}

function channel(name: string, hear: (message: unknown) => void): Channel {
  const broadcast = new BroadcastChannel(name);
  broadcast.onmessage = ({ data }: MessageEvent<unknown>) => hear(data);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel reaches its own origin only
  return { post: (message) => broadcast.postMessage(message), close: () => broadcast.close() };
}
