import { memo, useState, type FocusEvent } from 'react';
import { statusOf } from '../../client/index.ts';
import type { ReplyPreview } from '../../wire/messages.ts';
import type { Sender } from '../../wire/person.ts';
import { clockTime, fullTime } from '../format.ts';
import { useI18n } from '../i18n/index.ts';
import { useMessageKeys } from '../keys/use-message-keys.ts';
import { Avatar, toneOf } from '../parts/avatar.tsx';
import { Icon } from '../parts/icon.tsx';
import { useLongPress } from '../parts/long-press.ts';
import { unmarked } from '../parts/markdown.tsx';
import { useChat } from '../state.ts';
import { ThreadChip, ThreadLink } from '../threads/thread-chip.tsx';
import { Content } from './content.tsx';
import { Failed } from './failed.tsx';
import { LinkCard } from './link-preview.tsx';
import { EVERYBODY } from './mentions.ts';
import { usePlace } from './place.ts';
import { Reactions } from './reactions.tsx';
import type { Bubble } from './rows.ts';
import { Ticks } from './ticks.tsx';
import { Toolbar } from './toolbar.tsx';

export const MessageItem = memo(function MessageItem({ bubble, withNames }: { bubble: Bubble; withNames: boolean }) {
  const { t } = useI18n();
  const myId = useChat((state) => state.me?.id) ?? '';
  const { mine, message, pending, first, last } = bubble;
  const [focused, setFocused] = useState(false);
  const [choosing, setChoosing] = useState(false);
  const pressing = useLongPress(() => message && message.deletedAt === null && setChoosing(true), 'a, button, input, label, .toolbar');
  const tabIndex = focused ? 0 : -1;
  const onBlur = ({ currentTarget, relatedTarget }: FocusEvent): void => setFocused(currentTarget.contains(relatedTarget));
  const onKeyDown = useMessageKeys(message, mine);
  const sender = message?.sender;
  const forMe = !mine && message !== null && (message.mentions.includes(myId) || message.mentions.includes(EVERYBODY));
  const shape = [
    'message pressable',
    mine ? 'message-mine' : 'message-theirs',
    first && 'message-first',
    last && 'message-last',
    forMe && 'message-for-me',
    pending && `message-${pending.status}`,
  ];
  return (
    <div
      className={shape.filter(Boolean).join(' ')}
      role="group"
      tabIndex={-1}
      data-seq={message?.seq}
      onFocus={() => setFocused(true)}
      onBlur={onBlur}
      onKeyDown={onKeyDown}
      {...pressing}
    >
      {withNames && !mine && <span className="message-face">{last && sender && <Face sender={sender} />}</span>}
      <div className="bubble">
        {mine && <span className="visually-hidden">{t.chat.you}: </span>}
        {!mine && sender && (
          <span className={withNames && first ? `bubble-name ${toneOf(sender.id)}` : 'visually-hidden'}>
            <bdi>{sender.name}</bdi>
          </span>
        )}
        {forMe && <span className="visually-hidden">{t.mention.you} </span>}
        {message && <ThreadLink message={message} />}
        {message?.forwardedFrom && <Forwarded from={message.forwardedFrom.sender.name} />}
        <Quote preview={message?.replyTo ?? pending?.replyTo ?? null} />
        <Content bubble={bubble} tabIndex={tabIndex} />
        <Meta bubble={bubble} />
        {message?.linkPreview && <LinkCard preview={message.linkPreview} />}
        {message && <Reactions message={message} />}
        {message && <ThreadChip message={message} />}
        {message && message.deletedAt === null && <Toolbar message={message} tabIndex={tabIndex} open={choosing} onOpen={setChoosing} />}
      </div>
      {pending?.status === 'failed' && <Failed pending={pending} />}
    </div>
  );
});

/** By keyboard the members lead to the same profile. */
function Face({ sender: { id, name, avatarUrl } }: { sender: Sender }) {
  const { t } = useI18n();
  const { openProfile } = usePlace();
  return (
    <button type="button" className="face" tabIndex={-1} aria-label={t.profile.of(name)} onClick={() => openProfile(id)}>
      <Avatar id={id} name={name} url={avatarUrl} size="small" />
    </button>
  );
}

function Forwarded({ from }: { from: string }) {
  const { t } = useI18n();
  return (
    <span className="forwarded">
      <Icon name="forward" />
      <bdi>{t.forward.from(from)}</bdi>
    </span>
  );
}

function Quote({ preview }: { preview: ReplyPreview | null }) {
  const { t } = useI18n();
  const { show } = usePlace();
  const myId = useChat((state) => state.me?.id);
  if (!preview) return null;
  return (
    <button type="button" className="quote" tabIndex={-1} onClick={() => show(preview)}>
      <span className="quote-name">{preview.sender.id === myId ? t.chat.you : preview.sender.name}</span>
      <span className="quote-text">{preview.deletedAt === null ? unmarked(preview.content) || t.chat.location : t.chat.deleted}</span>
    </button>
  );
}

function Meta({ bubble: { mine, message, pending, createdAt } }: { bubble: Bubble }) {
  const { t, locale } = useI18n();
  const status = useChat((state) => (mine && message ? statusOf(state, message) : 'pending'));
  return (
    <span className="meta">
      {message?.pinned && <Pinned />}
      {message?.editedAt && message.deletedAt === null && <span>{t.chat.edited}</span>}
      <time dateTime={new Date(createdAt).toISOString()} title={fullTime(locale, createdAt)}>
        {clockTime(locale, createdAt)}
      </time>
      {mine && message?.deletedAt === null && <Ticks status={status} />}
      {pending?.status === 'pending' && <Ticks status="pending" />}
    </span>
  );
}

function Pinned() {
  const { t } = useI18n();
  return (
    <span title={t.pin.pinned}>
      <Icon name="pin" />
      <span className="visually-hidden">{t.pin.pinned}</span>
    </span>
  );
}
