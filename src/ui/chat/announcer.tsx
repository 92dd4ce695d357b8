import { useState } from 'react';
import type { Timeline } from '../../client/index.ts';
import type { Message } from '../../wire/messages.ts';
import { textOf } from '../conversation.ts';
import { useI18n } from '../i18n/index.ts';
import { useChat } from '../state.ts';

const KEPT = 5;

type Said = { upTo: number; messages: readonly Message[] };

/** Reads out what others write, and only that: older pages that are loaded and own messages stay silent. */
export function Announcer({ timeline }: { timeline: Timeline | undefined }) {
  const { t } = useI18n();
  const myId = useChat((state) => state.me?.id);
  const ready = timeline?.status === 'ready';
  const newest = timeline?.messages.at(-1);
  const [said, setSaid] = useState<Said | null>(null);
  if (ready && !said) setSaid({ upTo: newest?.seq ?? 0, messages: [] });
  if (said && newest && newest.seq > said.upTo) setSaid(heard(said, newest, myId));

  return (
    <div role="log" aria-live="polite" aria-label={t.chat.messages} className="visually-hidden">
      {said?.messages.map((message) => (
        <p key={message.id}>{t.chat.announced(message.sender.name, textOf(t, message, myId))}</p>
      ))}
    </div>
  );
}

function heard({ messages }: Said, newest: Message, myId: string | undefined): Said {
  return { upTo: newest.seq, messages: newest.sender.id === myId ? messages : [...messages, newest].slice(-KEPT) };
}
