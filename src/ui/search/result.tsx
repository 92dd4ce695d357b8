import { Fragment } from 'react';
import type { Found } from '../../wire/search.ts';
import { titleOf } from '../conversation.ts';
import { fullTime, shortTime } from '../format.ts';
import { useI18n } from '../i18n/index.ts';
import { Avatar } from '../parts/avatar.tsx';
import { pathOf } from '../route.ts';
import { useChat } from '../state.ts';
import { useFollow } from '../use-follow.ts';

/** A message that was found: who wrote it, where and when, and the text around the hits. */
export function Result({ message: { id, conversationId, sender, createdAt, threadId, snippet }, now }: { message: Found; now: number }) {
  const { t, locale } = useI18n();
  const conversation = useChat((state) => state.conversations.get(conversationId));
  const myId = useChat((state) => state.me?.id);
  const path = pathOf(conversationId, id);
  const follow = useFollow(path);
  return (
    <li>
      <a className="result" href={path} onClick={follow}>
        <Avatar id={sender.id} name={sender.name} url={sender.avatarUrl} size="small" />
        <span className="result-who">
          <bdi>{sender.id === myId ? t.chat.you : sender.name}</bdi>
        </span>
        <time className="result-time" dateTime={new Date(createdAt).toISOString()} title={fullTime(locale, createdAt)}>
          {shortTime(locale, createdAt, now)}
        </time>
        <span className="result-place">
          {conversation && <bdi>{conversation.peer?.id === sender.id ? t.people.direct : titleOf(t, conversation)}</bdi>}
          {threadId !== null && ` · ${t.thread.inThread}`}
        </span>
        <span className="result-text" dir="auto">
          {snippet.map(({ text, hit }, i) => (hit ? <mark key={i}>{text}</mark> : <Fragment key={i}>{text}</Fragment>))}
        </span>
      </a>
    </li>
  );
}
