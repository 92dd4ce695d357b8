import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react';
import { titleOf } from '../conversation.ts';
import { sentenceOf, useI18n } from '../i18n/index.ts';
import { Failure } from '../parts/failure.tsx';
import { Icon } from '../parts/icon.tsx';
import { Panel } from '../parts/panel.tsx';
import { Skeleton } from '../parts/skeleton.tsx';
import { useConversationId } from '../route.ts';
import { useSide, type SideView } from '../side.ts';
import { useChat, useNow } from '../state.ts';
import { Result } from './result.tsx';
import { useSearch } from '../../client/react/index.ts';

/** Looks for messages everywhere, or in one conversation. `view` is new each time that somebody asks for the search. */
export function Search({ view }: { view: Extract<SideView, { kind: 'search' }> }) {
  const { t } = useI18n();
  const { close } = useSide();
  const open = useConversationId();
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const [within, setWithin] = useState(view.conversationId);
  const [mine, setMine] = useState(false);
  const q = text.trim();
  const { results, busy, more, retry } = useSearch({ q, conversationId: within, mine });
  const place = useChat((state) => state.conversations.get(within ?? open ?? ''));
  const now = useNow();
  const id = useId();

  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, [view]);

  return (
    <Panel title={t.search.title} side onClose={close}>
      <div className="search-form" role="search" onKeyDown={walk}>
        <label className="visually-hidden" htmlFor={id}>
          {t.search.label}
        </label>
        <span className="search-field">
          <Icon name="search" />
          <input
            ref={field}
            id={id}
            type="search"
            value={text}
            placeholder={t.search.hint}
            maxLength={200}
            dir="auto"
            enterKeyHint="search"
            autoComplete="off"
            onChange={(event) => setText(event.target.value)}
          />
        </span>
        <div className="filters" role="group" aria-label={t.search.filters}>
          {place && (
            <button type="button" className="filter" aria-pressed={within !== null} onClick={() => setWithin(within === null ? place.id : null)}>
              <bdi>{t.search.here(titleOf(t, place))}</bdi>
            </button>
          )}
          <button type="button" className="filter" aria-pressed={mine} onClick={() => setMine(!mine)}>
            {t.search.mine}
          </button>
        </div>
      </div>
      <p role="status" className={results && results.items.length > 0 ? 'visually-hidden' : 'search-note'}>
        {q === ''
          ? t.search.begin
          : results && results.error === null && (results.items.length === 0 ? t.search.none : t.search.found(results.items.length))}
      </p>
      {results !== null && results.error !== null && <Failure sentence={sentenceOf(t, results.error)} onRetry={retry} />}
      {q !== '' && results === null && <Skeleton of="rows" />}
      <ul className="results" aria-busy={busy} onKeyDown={walk}>
        {results?.items.map((message) => (
          <Result key={message.id} message={message} now={now} />
        ))}
        {results?.cursor && (
          <li>
            <button type="button" className="link-button" disabled={busy} onClick={more}>
              {t.search.more}
            </button>
          </li>
        )}
      </ul>
    </Panel>
  );
}

/** Arrow keys go from the field through what was found, and back. */
function walk(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const panel = event.currentTarget.closest('.panel');
  if (step === undefined || !panel) return;
  const stops = [...panel.querySelectorAll<HTMLElement>('.search-field input, .result')];
  stops[Math.max(0, Math.min(stops.length - 1, stops.findIndex((stop) => stop === document.activeElement) + step))]?.focus();
  event.preventDefault();
}
