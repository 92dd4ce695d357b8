import type { Contact } from '../../wire/person.ts';
import { useI18n } from '../i18n/index.ts';
import { Icon } from '../parts/icon.tsx';

/** Those who were chosen so far; a click takes one out again. */
export function Chosen({ people, onRemove }: { people: readonly Contact[]; onRemove(person: Contact): void }) {
  const { t } = useI18n();
  return (
    <ul className="chips" aria-label={t.people.chosen(people.length)}>
      {people.map((person) => (
        <li key={person.id}>
          <button type="button" className="chip" aria-label={t.people.remove(person.name)} onClick={() => onRemove(person)}>
            <span dir="auto">{person.name}</span>
            <Icon name="close" />
          </button>
        </li>
      ))}
    </ul>
  );
}

export function toggled(people: readonly Contact[], person: Contact): readonly Contact[] {
  return people.some(({ id }) => id === person.id) ? people.filter(({ id }) => id !== person.id) : [...people, person];
}
