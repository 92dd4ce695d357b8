import type { Conversation } from '../../wire/conversations.ts';
import { useI18n } from '../i18n/index.ts';
import { Avatar } from '../parts/avatar.tsx';
import { EVERYBODY } from './mentions.ts';
import type { Mentionable } from './use-mentions.ts';

type Props = { id: string; people: readonly Mentionable[]; active: number; conversation: Conversation; onPick(person: Mentionable): void };

/** The list of a combobox: the focus stays in the text, which says which of these is the active one. */
export function MentionList({ id, people, active, conversation, onPick }: Props) {
  const { t } = useI18n();
  return (
    <div id={id} className="mention-list" role="listbox" aria-label={t.mention.list}>
      {people.map((person, i) => (
        <div
          key={person.id}
          id={`${id}-${i}`}
          role="option"
          tabIndex={-1}
          aria-selected={i === active}
          className="mention-option"
          // A press must not take the focus from the text.
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onPick(person)}
        >
          <Avatar
            id={person.id === EVERYBODY ? conversation.id : person.id}
            name={person.name}
            url={person.avatarUrl}
            group={person.id === EVERYBODY}
            size="small"
          />
          <span className="person-name">
            <bdi>{person.id === EVERYBODY ? '@all' : person.name}</bdi>
          </span>
          {person.id === EVERYBODY && <span className="mention-note">{t.mention.everybody(conversation.memberCount)}</span>}
        </div>
      ))}
    </div>
  );
}
