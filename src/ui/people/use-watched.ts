import { useEffect } from 'react';
import { useClient, useConnectionId } from '../state.ts';

/** As many as one connection may watch. */
const WATCHED_MAX = 500;

/** Hears who of these comes and goes while somebody looks at them: again on each new connection. */
export function useWatched(userIds: readonly string[]): void {
  const client = useClient();
  const connectionId = useConnectionId();
  const ids = userIds.slice(0, WATCHED_MAX).join(' ');
  useEffect(() => {
    if (connectionId === undefined || ids === '') return;
    // Presence is a courtesy: without it what stands there is still right.
    const watch = (wanted: string[]): void => void client.watchPresence(wanted).catch(() => {});
    watch(ids.split(' '));
    return () => watch([]);
  }, [client, connectionId, ids]);
}
