import { useState } from 'react';
import { sentenceOf, useI18n } from '../i18n/index.ts';
import { Dialog } from '../parts/dialog.tsx';
import { navigate } from '../route.ts';
import { useClient } from '../state.ts';

/** Leaving asks first: there is no way back that one can take alone. */
export function Leave({ conversationId }: { conversationId: string }) {
  const { t } = useI18n();
  const client = useClient();
  const [asking, setAsking] = useState(false);
  const [error, setError] = useState<unknown>(null);

  function leave(): void {
    client.leaveConversation(conversationId).then(() => navigate('/'), setError);
  }

  return (
    <>
      <button type="button" className="button button-quiet button-wide" onClick={() => setAsking(true)}>
        {t.people.leave}
      </button>
      {asking && (
        <Dialog title={t.people.leave} onClose={() => setAsking(false)}>
          <p>{t.people.leaveSure}</p>
          <p role="alert" className="form-error">
            {error !== null && sentenceOf(t, error)}
          </p>
          <div className="dialog-actions">
            <button type="button" className="button button-quiet" onClick={() => setAsking(false)}>
              {t.people.cancel}
            </button>
            <button type="button" className="button button-danger" onClick={leave}>
              {t.people.leave}
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}
