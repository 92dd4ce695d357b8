import { Fragment, type ReactNode } from 'react';
import type { Message } from '../../wire/messages.ts';
import { useI18n } from '../i18n/index.ts';
import { Icon } from '../parts/icon.tsx';
import { Linkified } from '../parts/linkify.tsx';
import { Poll, PollOnItsWay } from '../polls/poll.tsx';
import { Markdown } from '../parts/markdown.tsx';
import { useChat } from '../state.ts';
import { EVERYBODY, splitMentions, type MentionPiece } from './mentions.ts';
import type { Bubble } from './rows.ts';
import { useMentioned } from './use-mentions.ts';

export function Content({ bubble: { message, pending }, tabIndex }: { bubble: Bubble; tabIndex: 0 | -1 }) {
  const { t } = useI18n();
  if (message && message.deletedAt !== null) return <p className="content content-deleted">{t.chat.deleted}</p>;
  if (message?.poll) return <Poll message={message} tabIndex={tabIndex} />;
  if (pending?.poll) return <PollOnItsWay question={pending.content} asked={pending.poll} />;
  if (message?.type === 'location') return <Place message={message} />;
  return <Written text={message?.content ?? pending?.content ?? ''} mentions={message?.mentions ?? pending?.mentions ?? []} />;
}

type Text = { text: string; mentions: readonly string[] };

/** A text as its author laid it out, with its mentions marked. */
function Written({ text, mentions }: Text) {
  const { names, show } = useMentions(mentions);
  return <Markdown pieces={splitMentions(text, names)} className="content" show={show} />;
}

/** A text on one line with its addresses as links and its mentions marked. Nothing in it is ever taken for HTML. */
export function Rich({ text, mentions }: Text) {
  const { names, show } = useMentions(mentions);
  return <Linkified text={text} plain={(part) => splitMentions(part, names).map((piece, i) => <Fragment key={i}>{show(piece)}</Fragment>)} />;
}

function useMentions(mentions: readonly string[]) {
  const known = useMentioned();
  const myId = useChat((state) => state.me?.id);
  const names = new Map(mentions.flatMap((id) => (known.has(id) ? [[id, known.get(id) ?? '']] : [])));
  const show = ({ text, id }: MentionPiece): ReactNode =>
    id === null ? text : <span className={id === myId || id === EVERYBODY ? 'mention mention-me' : 'mention'}>{text}</span>;
  return { names, show };
}

function Place({ message: { metadata, content } }: { message: Message }) {
  const { t } = useI18n();
  const place = metadata['location'];
  const known = typeof place === 'object' && place !== null && 'latitude' in place && 'longitude' in place ? place : null;
  const label = known && 'label' in known && typeof known['label'] === 'string' ? known['label'] : t.chat.location;
  const query = known ? new URLSearchParams({ mlat: String(known['latitude']), mlon: String(known['longitude']) }) : null;
  return (
    <p className="content" dir="auto">
      <Icon name="place" />{' '}
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
