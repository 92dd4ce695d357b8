import type { Notification } from '../../wire/notifications.ts';
import { titleOf } from '../conversation.ts';
import { fullTime, shortTime } from '../format.ts';
import { useI18n, type Catalogue } from '../i18n/index.ts';
import { Avatar } from '../parts/avatar.tsx';
import { pathOf } from '../route.ts';
import { useChat, useClient } from '../state.ts';
import { useFollow } from '../use-follow.ts';

type Props = { item: Notification; now: number; onError(error: unknown): void };

/** Who did what, where and when; a click shows it and marks it as read. */
export function NotificationItem({ item, now, onError }: Props) {
  const { t, locale } = useI18n();
  const client = useClient();
  const { id, kind, conversationId, messageId, actor, preview, createdAt, readAt } = item;
  const conversation = useChat((state) => state.conversations.get(conversationId));
  const path = pathOf(conversationId, messageId);
  const follow = useFollow(path, () => {
    if (readAt === null) client.markNotificationsRead([id]).catch(onError);
  });
  return (
    <li>
      <a className={readAt === null ? 'result result-unread' : 'result'} href={path} onClick={follow}>
        <Avatar id={actor.id} name={actor.name} url={actor.avatarUrl} size="small" />
        <span className="result-who result-said">
          <bdi>{said(t, item)}</bdi>
        </span>
        <time className="result-time" dateTime={new Date(createdAt).toISOString()} title={fullTime(locale, createdAt)}>
          {shortTime(locale, createdAt, now)}
        </time>
        {kind !== 'direct' && <span className="result-place">{conversation ? <bdi>{titleOf(t, conversation)}</bdi> : t.notifications.gone}</span>}
        {preview && (
          <span className="result-text" dir="auto">
            {preview}
          </span>
        )}
        {readAt === null && <span className="dot result-dot" role="img" aria-label={t.notifications.unread} />}
      </a>
    </li>
  );
}

function said(t: Catalogue, { kind, actor, emoji }: Notification): string {
  return kind === 'reaction' ? t.notifications.said.reaction(actor.name, emoji ?? '') : t.notifications.said[kind](actor.name);
}
