import { useState } from 'react';
import { useI18n } from './i18n/index.ts';
import { Icon } from './parts/icon.tsx';
import { useChat } from './state.ts';

/** Where the browser refuses to keep anything, what is not sent yet goes with the page: good to know, once. */
export function KeepingNote() {
  const { t } = useI18n();
  const failed = useChat((state) => state.keeping === 'failed');
  const [seen, setSeen] = useState(false);
  return (
    <div role="status" className="keeping">
      {failed && !seen && (
        <p className="keeping-note">
          <Icon name="alert" />
          <span>{t.connection.keepsNothing}</span>
          <button type="button" className="icon-button" aria-label={t.connection.understood} onClick={() => setSeen(true)}>
            <Icon name="close" />
          </button>
        </p>
      )}
    </div>
  );
}
