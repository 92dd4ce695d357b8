import { createContext, use, useEffect, useMemo } from 'react';
import type { PendingMessage } from '../../client/index.ts';
import type { Conversation } from '../../wire/conversations.ts';
import type { Message } from '../../wire/messages.ts';
import { useChat, useClient } from '../state.ts';
import { EVERYBODY } from './mentions.ts';

export type Mentionable = { id: string; name: string; avatarUrl: string | null };

const nobody: readonly Mentionable[] = [];
const noPending: readonly PendingMessage[] = [];

/** Whom a text here may mention: the members without oneself, who are read when they are `wanted`, and everybody at once. */
export function useMentionable({ id, peer, capabilities }: Conversation, wanted: boolean): readonly Mentionable[] {
  const client = useClient();
  const myId = useChat((state) => state.me?.id);
  const members = useChat((state) => state.members.get(id));
  const missing = wanted && !peer && !members;
  useEffect(() => {
    // Without the members there is nothing to choose from, and the text is still a text.
    if (missing) client.loadMembers(id).catch(() => {});
  }, [client, id, missing]);
  return useMemo(() => {
    if (!wanted) return nobody;
    const others = peer ? [peer] : (members ?? []).map(({ user }) => user).filter((user) => user.id !== myId);
    const sorted = others.toSorted((a, b) => a.name.localeCompare(b.name));
    return capabilities.mentionAll ? [...sorted, { id: EVERYBODY, name: EVERYBODY, avatarUrl: null }] : sorted;
  }, [wanted, peer, members, myId, capabilities.mentionAll]);
}

/** The names of those whom the messages on the screen mention, by their ids. */
export const MentionedContext = createContext<ReadonlyMap<string, string>>(new Map());

export const useMentioned = (): ReadonlyMap<string, string> => use(MentionedContext);

/**
 * Names come from where we have met the people: among the members, as an author, as the other one. Where a name is missing
 * the members are read. The map stays the same as long as it says the same, so that no message is drawn anew for it.
 */
export function useMentionedNames(
  conversation: Conversation,
  messages: readonly Message[],
  pending: readonly PendingMessage[] = noPending,
): ReadonlyMap<string, string> {
  const client = useClient();
  const { id, peer } = conversation;
  const me = useChat((state) => state.me);
  const members = useChat((state) => state.members.get(id));
  const known = useMemo(() => {
    const ids = new Set([...messages, ...pending].flatMap(({ mentions }) => mentions));
    if (ids.size === 0) return [];
    const names = new Map([[EVERYBODY, EVERYBODY]]);
    for (const { sender } of messages) names.set(sender.id, sender.name);
    for (const { userId, user } of members ?? []) names.set(userId, user.name);
    for (const person of [peer, me]) if (person) names.set(person.id, person.name);
    return [...ids].map((id) => [id, names.get(id) ?? ''] as const);
  }, [messages, pending, members, peer, me]);
  const missing = !members && known.some(([, name]) => name === '');
  useEffect(() => {
    // A mention without its name is shown as plain text.
    if (missing) client.loadMembers(id).catch(() => {});
  }, [client, id, missing]);
  const key = JSON.stringify(known.filter(([, name]) => name !== ''));
  return useMemo(() => new Map<string, string>(JSON.parse(key)), [key]);
}
