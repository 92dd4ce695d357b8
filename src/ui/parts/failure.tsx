import { useEffect, useState } from 'react';
import { useConnectionId } from '../../client/react/index.ts';
import { useI18n } from '../i18n/index.ts';

type Props = { sentence: string; className?: string; onRetry(): void };

/** Says that something could not be read. It is read again by hand, or when the connection is back. */
export function Failure({ sentence, className = 'form-error', onRetry }: Props) {
  const { t } = useI18n();
  useRetryWhenBack(onRetry);
  return (
    <p className={className} role="alert">
      {sentence}{' '}
      <button type="button" className="link-button" onClick={onRetry}>
        {t.chat.retry}
      </button>
    </p>
  );
}

/** The same in the place of everything that would be there. */
export function FailedView({ title, sentence, onRetry }: { title?: string; sentence: string; onRetry(): void }) {
  const { t } = useI18n();
  useRetryWhenBack(onRetry);
  return (
    <div className="blank" role="alert">
      {title && <h2>{title}</h2>}
      <p>{sentence}</p>
      <button type="button" className="button" onClick={onRetry}>
        {t.chat.retry}
      </button>
    </div>
  );
}

/** While this is shown a new connection is a reason to try again. */
function useRetryWhenBack(retry: () => void): void {
  const connectionId = useConnectionId();
  const [failedWith] = useState(connectionId);
  useEffect(() => {
    if (connectionId !== undefined && connectionId !== failedWith) retry();
    // Once for each connection, whatever `retry` is meanwhile.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [connectionId, failedWith]);
}
