import { useI18n } from '../i18n/index.ts';

/** The shape of what is to come, where it takes more than a moment: rows of a list, or what people say to each other. */
export function Skeleton({ of, rows = 5 }: { of: 'rows' | 'talk'; rows?: number }) {
  const { t } = useI18n();
  return (
    <div className={`skeleton skeleton-${of} late`} role="status">
      <span className="visually-hidden">{t.app.loading}</span>
      {Array.from({ length: rows }, (_, n) => (
        <span key={n} className="skeleton-row" />
      ))}
    </div>
  );
}
