import { useEffect, useState } from 'react';
import type { Conversation } from '../../wire/conversations.ts';
import { useChat } from '../state.ts';

const STEP_MS = 250;

/** How long slow mode still wants one to wait, by the server's clock. Milliseconds; 0 when one may send. */
export function usePause({ membership: { nextSendAt, role }, settings }: Conversation): number {
  const aheadMs = useChat((state) => state.aheadMs);
  const until = settings.slowModeSeconds > 0 && role === 'member' && nextSendAt !== null ? nextSendAt - aheadMs : 0;
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const tick = (): boolean => {
      setNow(Date.now());
      return Date.now() < until;
    };
    if (!tick()) return;
    const timer = setInterval(() => tick() || clearInterval(timer), STEP_MS);
    return () => clearInterval(timer);
  }, [until]);
  return Math.max(0, until - now);
}
