import { useI18n } from '../i18n/index.ts';

/** How much is unread; nothing where nothing is. */
export function Badge({ count }: { count: number }) {
  const { t } = useI18n();
  if (count === 0) return null;
  return (
    <span className="badge">
      <span aria-hidden="true">{count > 99 ? '99+' : count}</span>
      <span className="visually-hidden">{t.list.unread(count)}</span>
    </span>
  );
}
