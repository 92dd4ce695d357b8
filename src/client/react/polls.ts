import { useEffect, useMemo, useState } from 'react';
import type { Message } from '../../wire/messages.ts';
import { pollOf } from '../index.ts';
import { useChat, useClient } from './context.ts';

/** The longest that a timer of the platform waits. */
const TIMER_MAX_MS = 2 ** 31 - 1;

export type PollShown = NonNullable<ReturnType<typeof pollOf>> & {
  /** By somebody, or by the time on the server's clock. */
  closed: boolean;
  /** Chooses these options instead of the former ones. Shown at once. Rejects with a ChinwagError. */
  vote(optionIds: readonly string[]): Promise<void>;
  close(): Promise<void>;
};

/** The poll of a message with our own choice. Null where it has none. */
export function usePoll(message: Message): PollShown | null {
  const client = useClient();
  const votes = useChat((state) => state.votes);
  const me = useChat((state) => state.me);
  const poll = useMemo(() => pollOf({ votes, me }, message), [votes, me, message]);
  const over = usePassed(poll?.closesAt ?? null);
  if (!poll) return null;
  const closed = poll.closedAt !== null || over;
  return { ...poll, closed, vote: (optionIds) => client.vote(message, optionIds), close: () => client.closePoll(message) };
}

/** Whether this time has come by the server's clock; draws again when it comes. */
function usePassed(at: number | null): boolean {
  const aheadMs = useChat((state) => state.aheadMs);
  const here = at === null ? Number.POSITIVE_INFINITY : at - aheadMs;
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const look = (): void => setNow(Math.max(here, Date.now()));
    const waitMs = here - Date.now();
    if (waitMs <= 0) return look();
    if (waitMs > TIMER_MAX_MS) return;
    const timer = setTimeout(look, waitMs);
    return () => clearTimeout(timer);
  }, [here]);
  return here <= now;
}
