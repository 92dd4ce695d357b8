import { memo } from 'react';
import { statusOf } from '../../client/index.ts';
import type { Message, ReplyPreview } from '../../wire/messages.ts';
import { clockTime, fullTime } from '../format.ts';
import { useI18n } from '../i18n/index.ts';
import { Avatar, toneOf } from '../parts/avatar.tsx';
import { Icon } from '../parts/icon.tsx';
import { Linkified } from '../parts/linkify.tsx';
import { useChat } from '../state.ts';
import { Failed } from './failed.tsx';
import { React, Reactions } from './reactions.tsx';
import type { Bubble } from './rows.ts';
import { Ticks } from './ticks.tsx';

type Props = { bubble: Bubble; withNames: boolean; onReply(message: Message): void; onQuote(seq: number): void };

export const MessageItem = memo(function MessageItem({ bubble, withNames, onReply, onQuote }: Props) {
  const { t } = useI18n();
  const { mine, message, pending, first, last } = bubble;
  const sender = message?.sender;
  const shape = [
    'message',
    mine ? 'message-mine' : 'message-theirs',
    first && 'message-first',
    last && 'message-last',
    pending && `message-${pending.status}`,
  ];
  return (
    <li className={shape.filter(Boolean).join(' ')} tabIndex={-1} data-seq={message?.seq}>
      {withNames && !mine && (
        <span className="message-face">{last && sender && <Avatar id={sender.id} name={sender.name} url={sender.avatarUrl} size="small" />}</span>
      )}
      <div className="bubble">
        {mine && <span className="visually-hidden">{t.chat.you}: </span>}
        {!mine && sender && (
          <span className={withNames && first ? `bubble-name ${toneOf(sender.id)}` : 'visually-hidden'}>
            <bdi>{sender.name}</bdi>
          </span>
        )}
        <Quote preview={message?.replyTo ?? pending?.replyTo ?? null} onQuote={onQuote} />
        <Content bubble={bubble} />
        <Meta bubble={bubble} />
        {message && <Reactions message={message} />}
      </div>
      {message && message.deletedAt === null && (
        <button
          type="button"
          className="icon-button message-action"
          tabIndex={-1}
          aria-label={t.chat.reply}
          title={t.chat.reply}
          onClick={() => onReply(message)}
        >
          <Icon name="reply" />
        </button>
      )}
      {message && message.deletedAt === null && <React message={message} />}
      {pending?.status === 'failed' && <Failed pending={pending} />}
    </li>
  );
});

function Content({ bubble: { message, pending } }: { bubble: Bubble }) {
  const { t } = useI18n();
  if (message && message.deletedAt !== null) return <p className="content content-deleted">{t.chat.deleted}</p>;
  if (message?.type === 'location') return <Place message={message} />;
  return (
    <p className="content" dir="auto">
      <Linkified text={message?.content ?? pending?.content ?? ''} />
    </p>
  );
}

function Place({ message: { metadata, content } }: { message: Message }) {
  const { t } = useI18n();
  const place = metadata['location'];
  const known = typeof place === 'object' && place !== null && 'latitude' in place && 'longitude' in place ? place : null;
  const label = known && 'label' in known && typeof known['label'] === 'string' ? known['label'] : t.chat.location;
  const query = known ? new URLSearchParams({ mlat: String(known['latitude']), mlon: String(known['longitude']) }) : null;
  return (
    <p className="content" dir="auto">
      <Icon name="pin" />{' '}
      {query ? (
        <a href={`https://www.openstreetmap.org/?${query}`} target="_blank" rel="noopener noreferrer nofollow ugc">
          {label}
        </a>
      ) : (
        label
      )}
      {content && ` ${content}`}
    </p>
  );
}

function Quote({ preview, onQuote }: { preview: ReplyPreview | null; onQuote(seq: number): void }) {
  const { t } = useI18n();
  const myId = useChat((state) => state.me?.id);
  if (!preview) return null;
  return (
    <button type="button" className="quote" tabIndex={-1} onClick={() => onQuote(preview.seq)}>
      <span className="quote-name">{preview.sender.id === myId ? t.chat.you : preview.sender.name}</span>
      <span className="quote-text">{preview.deletedAt === null ? preview.content || t.chat.location : t.chat.deleted}</span>
    </button>
  );
}

function Meta({ bubble: { mine, message, pending, createdAt } }: { bubble: Bubble }) {
  const { t, locale } = useI18n();
  const status = useChat((state) => (mine && message ? statusOf(state, message) : 'pending'));
  return (
    <span className="meta">
      {message?.editedAt && message.deletedAt === null && <span>{t.chat.edited}</span>}
      <time dateTime={new Date(createdAt).toISOString()} title={fullTime(locale, createdAt)}>
        {clockTime(locale, createdAt)}
      </time>
      {mine && message?.deletedAt === null && <Ticks status={status} />}
      {pending?.status === 'pending' && <Ticks status="pending" />}
    </span>
  );
}
