import type { Message } from '../../wire/messages.ts';
import type { Receipt } from '../../wire/receipts.ts';
import { useI18n } from '../i18n/index.ts';
import { Avatar } from '../parts/avatar.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { PanelState } from '../parts/panel-state.tsx';
import { useChat, useClient } from '../state.ts';
import { useLoaded } from '../use-loaded.ts';

const SHOWN_MAX = 100;
const statuses = ['read', 'delivered', 'sent'] as const;

/** Who has read a message, whom it has reached, and who has not heard of it; kept true by the receipts that come meanwhile. */
export function Readers({ message, onClose }: { message: Message; onClose(): void }) {
  const { t } = useI18n();
  const client = useClient();
  const marks = useChat((state) => state.marks.get(message.conversationId));
  const { value, error, retry } = useLoaded(() => client.call('receipt.list', { messageId: message.id, limit: SHOWN_MAX }));
  const items = value?.items.map((receipt) => ({ ...receipt, status: statusOf(receipt, message.seq, marks?.get(receipt.userId)) })) ?? [];
  return (
    <Dialog title={t.readers.title} onClose={onClose}>
      {items.length === 0 && <PanelState loading={!value} error={error} empty={t.readers.none} onRetry={retry} />}
      <div className="who">
        {statuses.map((status) => (
          <Group key={status} title={t.readers[status]} receipts={items.filter((receipt) => receipt.status === status)} />
        ))}
        {value?.cursor && <p className="poll-about">{t.readers.first(SHOWN_MAX)}</p>}
      </div>
    </Dialog>
  );
}

function Group({ title, receipts }: { title: string; receipts: readonly Receipt[] }) {
  if (receipts.length === 0) return null;
  return (
    <section>
      <h3>
        {title} <span>{receipts.length}</span>
      </h3>
      <ul>
        {receipts.map(({ userId, user: { name, avatarUrl } }) => (
          <li key={userId}>
            <Avatar id={userId} name={name} url={avatarUrl} size="small" />
            <bdi>{name}</bdi>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Marks only move forward. */
function statusOf({ status }: Receipt, seq: number, mark: { readSeq: number; deliveredSeq: number } | undefined): Receipt['status'] {
  if (status === 'read' || (mark && seq <= mark.readSeq)) return 'read';
  return mark && seq <= mark.deliveredSeq ? 'delivered' : status;
}
