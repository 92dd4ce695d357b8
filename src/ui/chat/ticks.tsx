import type { MessageStatus } from '../../wire/messages.ts';
import { useI18n } from '../i18n/index.ts';

const drawn: Record<MessageStatus | 'pending', string> = {
  pending: 'M8 4.5V8l2.5 1.5M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12',
  sent: 'M3 8.5l3.2 3.2L13 4.5',
  delivered: 'M1.5 8.5l3.2 3.2L11.5 4.5M8.5 11.5l6.7-7',
  read: 'M1.5 8.5l3.2 3.2L11.5 4.5M8.5 11.5l6.7-7',
};

/** A clock, one tick, two ticks, two coloured ticks: and the word for it. */
export function Ticks({ status }: { status: MessageStatus | 'pending' }) {
  const { t } = useI18n();
  return (
    <svg className={`ticks ticks-${status}`} viewBox="0 0 16 16" role="img" aria-label={t.chat.status[status]}>
      <path d={drawn[status]} />
    </svg>
  );
}
