import { memo, type MouseEvent } from 'react';
import type { Conversation } from '../../wire/conversations.ts';
import { activityOf } from '../../client/react/index.ts';
import { previewOf, titleOf } from '../conversation.ts';
import { fullTime, shortTime } from '../format.ts';
import { useI18n } from '../i18n/index.ts';
import { Avatar } from '../parts/avatar.tsx';
import { Badge } from '../parts/badge.tsx';
import { Icon } from '../parts/icon.tsx';
import { navigate, pathOf } from '../route.ts';
import { useChat, useTyping } from '../state.ts';

type Props = { conversation: Conversation; open: boolean; now: number };

export const ConversationRow = memo(function ConversationRow({ conversation, open, now }: Props) {
  const { t, locale } = useI18n();
  const { id, kind, peer, membership } = conversation;
  const title = titleOf(t, conversation);
  const presence = useChat((state) => (peer ? state.presence.get(peer.id)?.status : undefined));
  const at = activityOf(conversation);

  // A link, so that it opens in another tab as well; an ordinary click stays on the page.
  const follow = (event: MouseEvent): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    navigate(pathOf(id));
  };

  return (
    <li>
      <a className={open ? 'row row-open' : 'row'} href={pathOf(id)} onClick={follow} aria-current={open ? 'page' : undefined}>
        <Avatar id={peer?.id ?? id} name={title} url={peer?.avatarUrl ?? conversation.avatarUrl} group={kind !== 'direct'} status={presence} />
        <span className="row-title">
          <bdi>{title}</bdi>
        </span>
        <time className="row-time" dateTime={new Date(at).toISOString()} title={fullTime(locale, at)}>
          {shortTime(locale, at, now)}
        </time>
        <span className="row-line">
          <Preview conversation={conversation} open={open} />
          {isMuted(membership, now) && <Muted />}
          <Badge count={membership.unread} />
        </span>
      </a>
    </li>
  );
});

function Muted() {
  const { t } = useI18n();
  return (
    <span className="row-muted" title={t.options.muted}>
      <Icon name="bell-off" />
      <span className="visually-hidden">{t.options.muted}</span>
    </span>
  );
}

function isMuted({ mutedUntil, notify }: Conversation['membership'], now: number): boolean {
  return notify === 'none' || (mutedUntil !== null && mutedUntil > now);
}

function Preview({ conversation, open }: { conversation: Conversation; open: boolean }) {
  const { t } = useI18n();
  const pending = useChat((state) => state.outbox.get(conversation.id));
  const myId = useChat((state) => state.me?.id);
  const typing = useTyping(conversation.id)[0].length > 0;
  const { draft } = conversation.membership;
  if (typing) return <span className="row-preview row-typing">{t.chat.typingShort}</span>;
  if (draft && !open && !pending) {
    return (
      <span className="row-preview">
        <span className="row-draft">{t.list.draft}</span> <bdi>{draft.content}</bdi>
      </span>
    );
  }
  return (
    <span className="row-preview">
      <bdi>{previewOf(t, conversation, pending, myId)}</bdi>
    </span>
  );
}
