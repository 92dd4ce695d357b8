import { useEffect, useState } from 'react';
import type { NotificationPreferences } from '../../wire/notifications.ts';
import { useChat, useClient } from './context.ts';

type Preferences = { preferences: NotificationPreferences | null; error: unknown; retry(): void };

/** What I want to hear of, read when somebody asks and kept by events from all my devices. */
export function usePreferences(): Preferences {
  const client = useClient();
  const preferences = useChat((state) => state.preferences);
  const [error, setError] = useState<unknown>(null);
  const wanted = preferences === null && error === null;
  useEffect(() => {
    if (wanted) client.loadPreferences().catch(setError);
  }, [client, wanted]);
  return { preferences, error, retry: () => setError(null) };
}
