import { useState } from 'react';
import { sentenceOf, useI18n } from '../i18n/index.ts';
import { Dialog } from './dialog.tsx';

type Props = { title: string; question: string; action: string; run(): Promise<unknown>; onClose(): void };

/** Asks before something that cannot be taken back. Closes when it is done; says so where it was refused. */
export function Confirm({ title, question, action, run, onClose }: Props) {
  const { t } = useI18n();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  function confirm(): void {
    setBusy(true);
    run().then(onClose, (refused: unknown) => {
      setError(refused);
      setBusy(false);
    });
  }

  return (
    <Dialog title={title} onClose={onClose}>
      <p>{question}</p>
      <p role="alert" className="form-error">
        {error !== null && sentenceOf(t, error)}
      </p>
      <div className="dialog-actions">
        <button type="button" className="button button-quiet" onClick={onClose}>
          {t.people.cancel}
        </button>
        <button type="button" className="button button-danger" disabled={busy} onClick={confirm}>
          {action}
        </button>
      </div>
    </Dialog>
  );
}
