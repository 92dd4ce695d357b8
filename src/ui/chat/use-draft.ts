import { useEffect, useEffectEvent, useRef, useState } from 'react';
import type { Conversation } from '../../wire/conversations.ts';
import { useChat, useClient } from '../state.ts';

type Names = ReadonlyMap<string, string>;
export type Written = {
  text: string;
  /** Whom the text mentions, or once did: names by id. */
  chosen: Names;
  write(text: string): void;
  choose(person: { id: string; name: string }): void;
  /** It was sent. */
  clear(): void;
};

/** What was begun here and is not kept by the server yet, while somebody looks elsewhere. */
const begun = new Map<string, string>();
/** The server keeps the text of a draft, not whom it mentions. */
const mentioned = new Map<string, Names>();

/**
 * What somebody is writing in a place. It begins with the draft that the server keeps and is kept there in turn. While
 * nothing is written here it follows the draft from other devices: `touched` from the first key until the server has it.
 * There is one draft a conversation; one that belongs to another place of it does not concern this one.
 */
export function useDraft({ id, membership }: Conversation, threadId: string | null, replyToId: string | null): Written {
  const client = useClient();
  const myId = useChat((state) => state.me?.id);
  const key = `${myId} ${id} ${threadId}`;
  const { draft } = membership;
  const kept = draft === null ? '' : draft.threadId === threadId ? draft.content : null;
  const [text, setText] = useState(() => begun.get(key) ?? kept ?? '');
  const [chosen, setChosen] = useState<Names>(() => mentioned.get(key) ?? new Map());
  const touched = useRef(begun.has(key));
  const followed = useRef(kept);

  function write(value: string): void {
    touched.current = true;
    begun.set(key, value);
    setText(value);
    client.setDraft(id, { content: value, replyToId, threadId });
  }

  function choose(person: { id: string; name: string }): void {
    const now = new Map(chosen).set(person.id, person.name);
    mentioned.set(key, now);
    setChosen(now);
  }

  function clear(): void {
    write('');
    mentioned.delete(key);
    setChosen(new Map());
  }

  const follow = useEffectEvent(() => {
    const before = followed.current;
    followed.current = kept;
    if (kept === text) {
      touched.current = false;
      begun.delete(key);
    } else if (!touched.current && kept !== null && (kept !== '' || before)) setText(kept);
  });
  useEffect(() => follow(), [membership, kept]);

  return { text, chosen, write, choose, clear };
}
