import { useEffect, useState } from 'react';
import type { Conversation } from '../../wire/conversations.ts';
import type { Profile } from '../../wire/person.ts';
import { useChat, useClient } from '../state.ts';
import { useBlocks } from './use-blocks.ts';

type Looked = { profile: Profile | null; error: unknown; retry(): void };

/** A person as they are now: asked for again on each new connection, when they change, and when I block them or no longer do. */
export function useProfile(userId: string, { peer }: Conversation): Looked {
  const client = useClient();
  const connectionId = useChat((state) => (state.connection.state === 'online' ? state.hello?.connectionId : undefined));
  const blocked = useBlocks()?.some((block) => block.userId === userId);
  const [profile, setProfile] = useState<Profile | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [attempt, setAttempt] = useState(0);
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

  useEffect(() => {
    if (connectionId === undefined) return;
    // Presence is a courtesy: without it the profile says what it said.
    const watch = (userIds: string[]): void => void client.watchPresence(userIds).catch(() => {});
    watch([userId]);
    return () => watch([]);
  }, [client, userId, connectionId]);

  return { profile, error, retry: () => setAttempt(attempt + 1) };
}
