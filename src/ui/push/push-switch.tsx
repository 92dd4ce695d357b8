import { useEffect, useId, useState } from 'react';
import { ChinwagError } from '../../client/index.ts';
import { sentenceOf, useI18n } from '../i18n/index.ts';
import type { PushState } from './device.ts';
import { useDevice } from './use-device.ts';

/** Turns Web Push on and off for this browser; at once, whatever else is being chosen. */
export function PushSwitch() {
  const { t } = useI18n();
  const device = useDevice();
  const id = useId();
  const [state, setState] = useState<PushState | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    device.state().then(setState, setError);
  }, [device]);

  async function change(): Promise<void> {
    setBusy(true);
    setError(null);
    try {
      setState(await (state === 'on' ? device.turnOff() : device.turnOn()));
    } catch (refused) {
      setError(refused);
      setState(await device.state());
    }
    setBusy(false);
  }

  return (
    <section className="push-switch" aria-labelledby={id}>
      <div>
        <h3 id={id}>{t.push.title}</h3>
        <p role="status" className="field-hint">
          {state && t.push[state]}
        </p>
      </div>
      {(state === 'on' || state === 'off') && (
        <button type="button" className={state === 'on' ? 'button button-quiet' : 'button'} disabled={busy} onClick={() => void change()}>
          {state === 'on' ? t.push.turnOff : t.push.turnOn}
        </button>
      )}
      <p role="alert" className="form-error">
        {error !== null && (error instanceof ChinwagError ? sentenceOf(t, error) : t.push.failed)}
      </p>
    </section>
  );
}
