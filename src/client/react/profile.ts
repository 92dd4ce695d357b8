import { useEffect, useState } from 'react';
import type { Conversation } from '../../wire/conversations.ts';
import type { Profile } from '../../wire/person.ts';
import { useClient, useConnectionId } from './context.ts';
import { useBlocks } from './blocks.ts';
import { useWatched } from './presence.ts';

type Looked = { profile: Profile | null; error: unknown; retry(): void };

/** A person as they are now: asked for again on each new connection, when they change, and when I block them or no longer do. */
export function useProfile(userId: string, { peer }: Conversation): Looked {
  const client = useClient();
  const connectionId = useConnectionId();
  const blocked = useBlocks()?.some((block) => block.userId === userId);
  const [profile, setProfile] = useState<Profile | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [attempt, setAttempt] = useState(0);
  useWatched([userId]);
  const known = peer?.id === userId ? peer : null;

  useEffect(() => {
    if (connectionId === undefined) return;
    let current = true;
    client.getProfile(userId).then(
      (answered) => current && (setProfile(answered), setError(null)),
      (refused: unknown) => current && setError(refused),
    );
    return () => {
      current = false;
    };
  }, [client, userId, connectionId, blocked, known, attempt]);

  return { profile, error, retry: () => setAttempt(attempt + 1) };
}
