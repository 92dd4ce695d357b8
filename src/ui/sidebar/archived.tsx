import { useConversations } from '../../client/react/index.ts';
import { useI18n } from '../i18n/index.ts';
import { Icon } from '../parts/icon.tsx';
import { Panel } from '../parts/panel.tsx';
import { PanelState } from '../parts/panel-state.tsx';
import { useSide } from '../side.ts';
import { useNow } from '../state.ts';
import { ConversationRow } from './conversation-row.tsx';

/** What I put away: over the list, with the way back to it. */
export function Archived({ open }: { open: string | null }) {
  const { t } = useI18n();
  const { close } = useSide();
  const { conversations, synced } = useConversations({ archived: true });
  const now = useNow();
  return (
    <Panel title={t.list.archived} side onBack={close} onClose={close}>
      {conversations.length === 0 ? (
        <PanelState loading={!synced} error={null} empty={t.list.nothingArchived} onRetry={close} />
      ) : (
        <ul className="conversations">
          {conversations.map((conversation) => (
            <ConversationRow key={conversation.id} conversation={conversation} open={conversation.id === open} now={now} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

/** At the end of the list, where there is something to find. */
export function ArchivedLink() {
  const { t } = useI18n();
  const { open } = useSide();
  const { conversations } = useConversations({ archived: true });
  if (conversations.length === 0) return null;
  const unread = conversations.filter(({ membership }) => membership.unread > 0).length;
  return (
    <button type="button" className="archived-link" onClick={() => open({ kind: 'archived' })}>
      <Icon name="archive" />
      <span>{t.list.archived}</span>
      <span className="archived-count">{unread > 0 ? t.list.archivedUnread(unread) : conversations.length}</span>
    </button>
  );
}
