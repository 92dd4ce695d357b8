import { sentenceOf, useI18n } from '../i18n/index.ts';
import { Skeleton } from './skeleton.tsx';

type Props = { loading: boolean; error: unknown; empty: string; onRetry(): void };

/** What a panel says in the place of its list: that it loads, that it could not, or that there is nothing. */
export function PanelState({ loading, error, empty, onRetry }: Props) {
  const { t } = useI18n();
  if (error !== null) {
    return (
      <div className="blank" role="alert">
        <p>{sentenceOf(t, error)}</p>
        <button type="button" className="button" onClick={onRetry}>
          {t.chat.retry}
        </button>
      </div>
    );
  }
  if (loading) return <Skeleton of="rows" />;
  return (
    <div className="blank" role="status">
      <p>{empty}</p>
    </div>
  );
}
