import { useEffect, useState } from 'react';

export { useChat, useClient, useConnectionId, useTyping } from '../client/react/index.ts';

/** The time, often enough for "5 minutes ago". */
export function useNow(everyMs = 30_000): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
