import { useState } from 'react';
import type { Contact } from '../../wire/person.ts';
import { Field } from '../auth/field.tsx';
import { sentenceOf, useI18n } from '../i18n/index.ts';
import { Avatar } from '../parts/avatar.tsx';
import { Failure } from '../parts/failure.tsx';
import { Icon } from '../parts/icon.tsx';
import { Skeleton } from '../parts/skeleton.tsx';
import { useContacts } from '../../client/react/index.ts';

type Props = {
  /** Those who are chosen; null where a click is the choice. */
  chosen: readonly Contact[] | null;
  onPick(person: Contact): void;
  /** People who are not offered, because they are there already. */
  without?: ReadonlySet<string>;
  disabled?: boolean;
};

/** The directory with a search, for choosing one person or several. */
export function PeoplePicker({ chosen, onPick, without, disabled = false }: Props) {
  const { t } = useI18n();
  const [q, setQ] = useState('');
  const { found, more, retry } = useContacts(q.trim());
  const people = found?.items.filter((person) => !without?.has(person.id)) ?? [];
  return (
    <div className="picker">
      <Field
        label={t.people.search}
        type="search"
        placeholder={t.people.searchHint}
        value={q}
        maxLength={100}
        onChange={(event) => setQ(event.target.value)}
      />
      {!found && <Skeleton of="rows" rows={3} />}
      <ul className="picker-list" aria-busy={!found}>
        {people.map((person) => (
          <li key={person.id}>
            <PersonButton person={person} chosen={chosen?.some(({ id }) => id === person.id) ?? null} disabled={disabled} onPick={onPick} />
          </li>
        ))}
        {found?.cursor && (
          <li>
            <button type="button" className="link-button" onClick={more}>
              {t.people.more}
            </button>
          </li>
        )}
      </ul>
      <p role="status" className="picker-note">
        {found && found.error === null && people.length === 0 && (found.q === '' ? t.people.nobodyYet : t.people.nobody)}
      </p>
      {found && found.error !== null && <Failure sentence={sentenceOf(t, found.error)} onRetry={retry} />}
    </div>
  );
}

type PersonButtonProps = { person: Contact; chosen: boolean | null; disabled: boolean; onPick(person: Contact): void };

function PersonButton({ person, chosen, disabled, onPick }: PersonButtonProps) {
  return (
    <button type="button" className="person" disabled={disabled} aria-pressed={chosen ?? undefined} onClick={() => onPick(person)}>
      <Avatar id={person.id} name={person.name} url={person.avatarUrl} status={person.status} size="small" />
      <span className="person-name">
        <bdi>{person.name}</bdi>
      </span>
      {chosen && <Icon name="check" />}
    </button>
  );
}
