import { useState } from 'react';
import { sentenceOf, useI18n } from '../i18n/index.ts';
import { Confirm } from '../parts/confirm.tsx';
import { useNotify } from '../parts/notice.tsx';
import { useClient } from '../state.ts';

type Props = { userId: string; name: string; blocked: boolean };

/** Blocking asks first and says what it means; taking it back does not. */
export function Block({ userId, name, blocked }: Props) {
  const { t } = useI18n();
  const client = useClient();
  const [asking, setAsking] = useState(false);
  if (blocked) return <Unblock userId={userId} name={name} className="button button-quiet button-wide" />;
  return (
    <>
      <button type="button" className="button button-quiet button-wide" onClick={() => setAsking(true)}>
        {t.profile.block}
      </button>
      {asking && (
        <Confirm
          title={t.profile.blockTitle(name)}
          question={t.profile.blockSure(name)}
          action={t.profile.block}
          run={() => client.setBlocked(userId, true)}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}

export function Unblock({ userId, name, className }: { userId: string; name: string; className: string }) {
  const { t } = useI18n();
  const client = useClient();
  const notify = useNotify();
  const [busy, setBusy] = useState(false);
  function unblock(): void {
    setBusy(true);
    client
      .setBlocked(userId, false)
      .catch((error: unknown) => notify(sentenceOf(t, error)))
      .finally(() => setBusy(false));
  }
  return (
    <button type="button" className={className} aria-label={t.profile.unblockOf(name)} disabled={busy} onClick={unblock}>
      {t.profile.unblock}
    </button>
  );
}
