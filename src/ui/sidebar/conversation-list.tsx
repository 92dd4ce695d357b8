import { useI18n } from '../i18n/index.ts';
import { Skeleton } from '../parts/skeleton.tsx';
import { useNow } from '../state.ts';
import { ArchivedLink } from './archived.tsx';
import { ConversationRow } from './conversation-row.tsx';
import { useListed } from './listed.ts';

export function ConversationList({ open, onCreate }: { open: string | null; onCreate(): void }) {
  const { conversations: rows, synced } = useListed();
  const now = useNow();
  if (rows.length === 0) return synced ? <Empty onCreate={onCreate} /> : <Skeleton of="rows" />;
  return (
    <ul className="conversations">
      {rows.map((conversation) => (
        <ConversationRow key={conversation.id} conversation={conversation} open={conversation.id === open} now={now} />
      ))}
      <li>
        <ArchivedLink />
      </li>
    </ul>
  );
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
