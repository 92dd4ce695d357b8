import type { Conversation } from '../../wire/conversations.ts';
import { useI18n } from '../i18n/index.ts';
import { Avatar } from '../parts/avatar.tsx';
import { EVERYBODY } from './mentions.ts';
import { OptionList } from './option-list.tsx';
import type { Mentionable } from './use-mentions.ts';

type Props = { id: string; people: readonly Mentionable[]; active: number; conversation: Conversation; onPick(person: Mentionable): void };

export function MentionList({ id, people, active, conversation, onPick }: Props) {
  const { t } = useI18n();
  return (
    <OptionList id={id} label={t.mention.list} options={people} keyOf={(person) => person.id} active={active} onPick={onPick}>
      {(person) => (
        <>
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
        </>
      )}
    </OptionList>
  );
}
