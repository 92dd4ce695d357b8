import { memo, useRef, useState, type MouseEvent } from 'react';
import type { Conversation } from '../../wire/conversations.ts';
import { activityOf } from '../../client/react/index.ts';
import { previewOf, titleOf } from '../conversation.ts';
import { fullTime, shortTime } from '../format.ts';
import { useI18n } from '../i18n/index.ts';
import { Avatar } from '../parts/avatar.tsx';
import { Badge } from '../parts/badge.tsx';
import { Icon, type IconName } from '../parts/icon.tsx';
import { useLongPress } from '../parts/long-press.ts';
import { pathOf } from '../route.ts';
import { useChat, useTyping } from '../state.ts';
import { useFollow } from '../use-follow.ts';
import { isMuted } from './listed.ts';
import { RowMenu } from './row-menu.tsx';

type Props = { conversation: Conversation; open: boolean; now: number };

export const ConversationRow = memo(function ConversationRow({ conversation, open, now }: Props) {
  const { t, locale } = useI18n();
  const { id, kind, peer, membership } = conversation;
  const title = titleOf(t, conversation);
  const presence = useChat((state) => (peer ? state.presence.get(peer.id)?.status : undefined));
  const at = activityOf(conversation);
  const follow = useFollow(pathOf(id));
  const more = useRef<HTMLButtonElement>(null);
  const [choosing, setChoosing] = useState(false);

  const pressing = useLongPress(() => setChoosing(true), 'button');

  /** Also by the key for it. */
  function choose(event: MouseEvent): void {
    event.preventDefault();
    setChoosing(true);
  }

  return (
    <li className="row-place pressable" onContextMenu={choose} {...pressing}>
      <a className={open ? 'row row-open' : 'row'} href={pathOf(id)} draggable={false} onClick={follow} aria-current={open ? 'page' : undefined}>
        <Avatar id={peer?.id ?? id} name={title} url={peer?.avatarUrl ?? conversation.avatarUrl} group={kind !== 'direct'} status={presence} />
        <span className="row-title">
          <bdi>{title}</bdi>
        </span>
        <time className="row-time" dateTime={new Date(at).toISOString()} title={fullTime(locale, at)}>
          {shortTime(locale, at, now)}
        </time>
        <span className="row-line">
          <Preview conversation={conversation} open={open} />
          {membership.pinned && <Sign icon="pin" name={t.list.pinned} />}
          {isMuted(membership, now) && <Sign icon="bell-off" name={t.options.muted} />}
          <Badge count={membership.unread} />
        </span>
      </a>
      <button
        ref={more}
        type="button"
        className="icon-button row-more"
        aria-label={t.list.optionsOf(title)}
        title={t.list.options}
        aria-haspopup="menu"
        aria-expanded={choosing}
        onClick={() => setChoosing(!choosing)}
      >
        <Icon name="more" />
      </button>
      {choosing && <RowMenu conversation={conversation} anchor={more} onClose={() => setChoosing(false)} />}
    </li>
  );
});

function Sign({ icon, name }: { icon: IconName; name: string }) {
  return (
    <span className="row-sign" title={name}>
      <Icon name={icon} />
      <span className="visually-hidden">{name}</span>
    </span>
  );
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
