import { useMemo, useState } from 'react';
import type { Member } from '../../wire/members.ts';
import type { Contact } from '../../wire/person.ts';
import { sentenceOf, useI18n } from '../i18n/index.ts';
import { Dialog } from '../parts/dialog.tsx';
import { useClient } from '../state.ts';
import { Chosen, toggled } from './chosen.tsx';
import { PeoplePicker } from './people-picker.tsx';

type Props = { conversationId: string; members: readonly Member[]; onClose(): void };

export function AddPeople({ conversationId, members, onClose }: Props) {
  const { t } = useI18n();
  const client = useClient();
  const [chosen, setChosen] = useState<readonly Contact[]>([]);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const present = useMemo(() => new Set(members.map(({ userId }) => userId)), [members]);
  const toggle = (person: Contact): void => setChosen(toggled(chosen, person));

  async function add(): Promise<void> {
    setBusy(true);
    try {
      await client.call('member.add', { conversationId, userIds: chosen.map(({ id }) => id) });
      onClose();
    } catch (refused) {
      setError(refused);
      setBusy(false);
    }
  }

  return (
    <Dialog title={t.people.add} onClose={onClose}>
      <Chosen people={chosen} onRemove={toggle} />
      <PeoplePicker chosen={chosen} without={present} onPick={toggle} />
      <p role="alert" className="form-error">
        {error !== null && sentenceOf(t, error)}
      </p>
      <button type="button" className="button button-wide" disabled={busy || chosen.length === 0} onClick={() => void add()}>
        {t.people.addChosen}
      </button>
    </Dialog>
  );
}
