import { sentenceOf, useI18n } from '../i18n/index.ts';
import { FailedView } from './failure.tsx';
import { Skeleton } from './skeleton.tsx';

type Props = { loading: boolean; error: unknown; empty: string; onRetry(): void };

/** What a panel says in the place of its list: that it loads, that it could not, or that there is nothing. */
export function PanelState({ loading, error, empty, onRetry }: Props) {
  const { t } = useI18n();
  if (error !== null) return <FailedView sentence={sentenceOf(t, error)} onRetry={onRetry} />;
  if (loading) return <Skeleton of="rows" />;
  return (
    <div className="blank" role="status">
      <p>{empty}</p>
    </div>
  );
}
