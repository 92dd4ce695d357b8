import { createContext, use, useCallback, useMemo, useState } from 'react';
import { findMessage } from '../../client/index.ts';
import type { Message } from '../../wire/messages.ts';
import { useChat } from '../state.ts';

/** What the messages of one place, the conversation or a thread in it, can ask of their surroundings. */
export type Place = {
  conversationId: string;
  /** Null: the conversation itself. */
  threadId: string | null;
  reply(message: Message): void;
  edit(message: Message): void;
  openThread(threadId: string): void;
  openProfile(userId: string): void;
  show(quoted: Pick<Message, 'id' | 'seq'>): void;
};

export const PlaceContext = createContext<Place | null>(null);

export function usePlace(): Place {
  const place = use(PlaceContext);
  if (!place) throw new Error('There is no place above this message.');
  return place;
}

export type Composing = {
  replyTo: Message | null;
  editing: Message | null;
  reply(message: Message): void;
  edit(message: Message): void;
  done(): void;
};

/** What is being written in a place refers to: the message that it answers, or the one that it changes. */
export function useComposing(conversationId: string, threadId: string | null): Composing {
  const draft = useChat((state) => state.conversations.get(conversationId)?.membership.draft);
  const [about, setAbout] = useState<{ id: string; editing: boolean } | null>(() =>
    draft?.replyToId && draft.threadId === threadId ? { id: draft.replyToId, editing: false } : null,
  );
  const found = useChat((state) => (about ? findMessage(state, conversationId, about.id) : undefined));
  const message = found?.deletedAt === null ? found : null;
  const reply = useCallback(({ id }: Message) => setAbout({ id, editing: false }), []);
  const edit = useCallback(({ id }: Message) => setAbout({ id, editing: true }), []);
  const done = useCallback(() => setAbout(null), []);
  const replyTo = about?.editing === false ? message : null;
  const editing = about?.editing === true ? message : null;
  return useMemo(() => ({ replyTo, editing, reply, edit, done }), [replyTo, editing, reply, edit, done]);
}
