import { useState } from 'react';
import type { Conversation } from '../../wire/conversations.ts';
import type { Contact } from '../../wire/person.ts';
import { Field } from '../auth/field.tsx';
import { sentenceOf, useI18n } from '../i18n/index.ts';
import { Dialog } from '../parts/dialog.tsx';
import { navigate, pathOf } from '../route.ts';
import { useChat, useClient } from '../state.ts';
import { Chosen, toggled } from './chosen.tsx';
import { PeoplePicker } from './people-picker.tsx';

/** A direct message with a click on the person, or a group with a name and several people. */
export function NewConversation({ onClose }: { onClose(): void }) {
  const { t } = useI18n();
  const client = useClient();
  const mayGroup = useChat((state) => state.me?.capabilities.createGroup ?? false);
  const [group, setGroup] = useState(false);
  const [title, setTitle] = useState('');
  const [chosen, setChosen] = useState<readonly Contact[]>([]);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  async function start(create: () => Promise<Conversation>): Promise<void> {
    setBusy(true);
    setError(null);
    try {
      const conversation = await create();
      onClose();
      navigate(pathOf(conversation.id));
    } catch (refused) {
      setError(refused);
      setBusy(false);
    }
  }

  return (
    <Dialog title={t.people.newTitle} onClose={onClose}>
      {mayGroup && <KindSwitch group={group} onChange={setGroup} />}
      {group && (
        <form
          id="new-group"
          onSubmit={(event) => {
            event.preventDefault();
            void start(() =>
              client.startGroup(
                title.trim(),
                chosen.map(({ id }) => id),
              ),
            );
          }}
        >
          <Field label={t.people.groupName} value={title} required maxLength={200} onChange={(event) => setTitle(event.target.value)} />
          <Chosen people={chosen} onRemove={(person) => setChosen(toggled(chosen, person))} />
        </form>
      )}
      <PeoplePicker
        chosen={group ? chosen : null}
        disabled={busy}
        onPick={(person) => (group ? setChosen(toggled(chosen, person)) : void start(() => client.startDirect(person.id)))}
      />
      <p role="alert" className="form-error">
        {error !== null && sentenceOf(t, error)}
      </p>
      {group && (
        <button type="submit" form="new-group" className="button button-wide" disabled={busy || title.trim() === ''}>
          {t.people.createGroup}
        </button>
      )}
    </Dialog>
  );
}

function KindSwitch({ group, onChange }: { group: boolean; onChange(group: boolean): void }) {
  const { t } = useI18n();
  return (
    <div className="switch" role="group" aria-label={t.people.newTitle}>
      <button type="button" aria-pressed={!group} onClick={() => onChange(false)}>
        {t.people.direct}
      </button>
      <button type="button" aria-pressed={group} onClick={() => onChange(true)}>
        {t.people.group}
      </button>
    </div>
  );
}
