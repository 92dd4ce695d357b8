import { useEffect } from 'react';
import { useClient } from '../state.ts';

/** Hears who of these comes and goes while somebody looks at them. */
export function useWatched(userIds: readonly string[]): void {
  const client = useClient();
  const ids = userIds.join(' ');
  useEffect(() => (ids === '' ? undefined : client.watch(ids.split(' '))), [client, ids]);
}
