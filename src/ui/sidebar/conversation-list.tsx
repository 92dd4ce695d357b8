import { useState } from 'react';
import type { Conversation } from '../../wire/conversations.ts';
import { useI18n } from '../i18n/index.ts';
import { Skeleton } from '../parts/skeleton.tsx';
import { useNow } from '../state.ts';
import { ArchivedLink } from './archived.tsx';
import { ConversationRow } from './conversation-row.tsx';
import { useListed } from './listed.ts';

export function ConversationList({ open, onCreate }: { open: string | null; onCreate(): void }) {
  const { conversations: rows, synced } = useListed();
  const now = useNow();
  const { inPlace, hold } = useHeldOrder();
  if (rows.length === 0) return synced ? <Empty onCreate={onCreate} /> : <Skeleton of="rows" />;
  return (
    <ul className="conversations" onPointerDown={() => hold(rows)}>
      {inPlace(rows).map((conversation) => (
        <ConversationRow key={conversation.id} conversation={conversation} open={conversation.id === open} now={now} />
      ))}
      <li>
        <ArchivedLink />
      </li>
    </ul>
  );
}

/** Rows stay where they are while one of them is pressed: one that moves before it is let go is not clicked. What comes meanwhile stands at the end. */
function useHeldOrder() {
  const [places, setPlaces] = useState<Map<string, number> | null>(null);
  return {
    inPlace(rows: readonly Conversation[]): readonly Conversation[] {
      const placeOf = ({ id }: Conversation): number => places?.get(id) ?? rows.length;
      return places ? rows.toSorted((a, b) => placeOf(a) - placeOf(b)) : rows;
    },
    hold(rows: readonly Conversation[]): void {
      const released = new AbortController();
      const release = (): void => {
        released.abort();
        // The click comes after the release.
        setTimeout(() => setPlaces(null));
      };
      for (const type of ['pointerup', 'pointercancel']) addEventListener(type, release, { signal: released.signal });
      setPlaces(new Map(rows.map(({ id }, place) => [id, place])));
    },
  };
}

function Empty({ onCreate }: { onCreate(): void }) {
  const { t } = useI18n();
  return (
    <div className="conversations blank">
      <h2>{t.list.empty}</h2>
      <p>{t.list.emptyHint}</p>
      <button type="button" className="button" onClick={onCreate}>
        {t.list.create}
      </button>
      <ArchivedLink />
    </div>
  );
}
