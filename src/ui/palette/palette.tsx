import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react';
import { useI18n } from '../i18n/index.ts';
import { Caps } from '../keys/caps.tsx';
import { NARROW } from '../narrow.ts';
import { Badge } from '../parts/badge.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Icon } from '../parts/icon.tsx';
import { useSide } from '../side.ts';
import { useEntries, type Entry } from './entries.tsx';

/** One field that leads everywhere. The focus stays in it; it says which of the entries below is the active one. */
export function Palette({ onClose }: { onClose(): void }) {
  const { t } = useI18n();
  const side = useSide();
  const [text, setText] = useState('');
  const [wanted, setWanted] = useState(0);
  const entries = useEntries(text.trim());
  const active = Math.min(wanted, entries.length - 1);
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: 'nearest' });
  }, [active, entries.length]);

  function run(entry: Entry): void {
    onClose();
    // What covers the place that one goes to makes room; a command may open it anew.
    if (matchMedia(NARROW).matches) side.close();
    entry.run();
  }

  function onKeyDown(event: KeyboardEvent): void {
    const { length } = entries;
    if (length === 0 || event.nativeEvent.isComposing) return;
    const entry = entries[active];
    if (event.key === 'ArrowDown') setWanted((active + 1) % length);
    else if (event.key === 'ArrowUp') setWanted((active + length - 1) % length);
    else if (event.key === 'Enter' && entry) run(entry);
    else return;
    event.preventDefault();
  }

  return (
    <Dialog title={t.palette.title} onClose={onClose} bare>
      <div className="palette-field">
        <Icon name="search" />
        <input
          type="text"
          role="combobox"
          aria-expanded={entries.length > 0}
          aria-controls={id}
          aria-autocomplete="list"
          aria-activedescendant={entries.length > 0 ? `${id}-${active}` : undefined}
          aria-label={t.palette.title}
          placeholder={t.palette.hint}
          value={text}
          maxLength={100}
          dir="auto"
          autoComplete="off"
          spellCheck={false}
          enterKeyHint="go"
          onChange={(event) => {
            setText(event.target.value);
            setWanted(0);
          }}
          onKeyDown={onKeyDown}
        />
        <button type="button" className="icon-button" aria-label={t.people.close} onClick={onClose}>
          <Icon name="close" />
        </button>
      </div>
      <div ref={list} id={id} className="palette-list" role="listbox" aria-label={t.palette.title}>
        {entries.map((entry, i) => (
          <div
            key={entry.id}
            id={`${id}-${i}`}
            role="option"
            tabIndex={-1}
            aria-selected={i === active}
            className="palette-entry"
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => run(entry)}
          >
            {entry.face}
            <span className="palette-name">
              <bdi>{entry.name}</bdi>
            </span>
            {entry.note !== '' && <span className="palette-note">{entry.note}</span>}
            <Badge count={entry.unread ?? 0} />
            {entry.shortcut && <Caps name={entry.shortcut} />}
          </div>
        ))}
      </div>
      <p role="status" className={entries.length === 0 ? 'palette-none' : 'visually-hidden'}>
        {entries.length === 0 ? t.palette.none : t.palette.found(entries.length)}
      </p>
    </Dialog>
  );
}
