import type { Presence } from '../../wire/person.ts';
import { longTime } from '../format.ts';
import { useI18n } from '../i18n/index.ts';
import { useNow } from '../state.ts';

/** Whether somebody is there, or when they were. */
export function LastSeen({ presence }: { presence: Presence | undefined }) {
  const { t, locale } = useI18n();
  const now = useNow();
  if (!presence) return null;
  if (presence.status !== 'offline') return <span className={`status status-${presence.status}`}>{t.presence[presence.status]}</span>;
  return presence.lastActiveAt === null ? t.presence.offline : t.presence.lastSeen(longTime(locale, presence.lastActiveAt, now));
}
