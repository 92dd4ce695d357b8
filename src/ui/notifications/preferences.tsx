import { useState, type FormEvent } from 'react';
import { usePreferences } from '../../client/react/index.ts';
import type { NotificationPreferences } from '../../wire/notifications.ts';
import { Field } from '../auth/field.tsx';
import { deviceZone } from '../format.ts';
import { sentenceOf, useI18n } from '../i18n/index.ts';
import { Check } from '../parts/check.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { useNotify } from '../parts/notice.tsx';
import { PanelState } from '../parts/panel-state.tsx';
import { PushSwitch } from '../push/push-switch.tsx';
import { useChat, useClient } from '../state.ts';

type Kinds = NotificationPreferences['kinds'];
type Kind = keyof Kinds;

const kinds: readonly Kind[] = ['mention', 'reply', 'direct', 'added', 'reaction', 'message'];
const NIGHT = { from: '22:00', until: '07:00' };

/** What I hear of, in which way and when. */
export function Preferences({ onClose }: { onClose(): void }) {
  const { t } = useI18n();
  const { preferences, error, retry } = usePreferences();
  return (
    <Dialog title={t.preferences.title} onClose={onClose}>
      {preferences ? <Form kept={preferences} onClose={onClose} /> : <PanelState loading error={error} empty="" onRetry={retry} />}
    </Dialog>
  );
}

/** What was not touched follows what is kept, which another device may change meanwhile; what was is saved. */
function Form({ kept, onClose }: { kept: NotificationPreferences; onClose(): void }) {
  const { t } = useI18n();
  const client = useClient();
  const notify = useNotify();
  const [changed, setChanged] = useState<Partial<Kinds>>({});
  const [quietHours, setQuietHours] = useState<NotificationPreferences['quietHours'] | undefined>(undefined);
  const hours = quietHours === undefined ? kept.quietHours : quietHours;
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  function save(event: FormEvent): void {
    event.preventDefault();
    setBusy(true);
    setError(null);
    client.updatePreferences({ kinds: changed, ...(quietHours !== undefined && { quietHours }) }).then(
      () => {
        notify(t.preferences.saved);
        onClose();
      },
      (refused: unknown) => {
        setError(refused);
        setBusy(false);
      },
    );
  }

  return (
    <form className="settings" onSubmit={save}>
      <div className="settings-fields">
        <PushSwitch />
        <KindTable chosen={{ ...kept.kinds, ...changed }} onChange={(kinds) => setChanged({ ...changed, ...kinds })} />
        <Check checked={hours !== null} onChange={(quiet) => setQuietHours(quiet ? (kept.quietHours ?? NIGHT) : null)}>
          {t.preferences.quiet}
        </Check>
        {hours && (
          <>
            <div className="hours">
              <Field
                label={t.preferences.from}
                type="time"
                required
                value={hours.from}
                onChange={(event) => setQuietHours({ ...hours, from: event.target.value })}
              />
              <Field
                label={t.preferences.until}
                type="time"
                required
                value={hours.until}
                onChange={(event) => setQuietHours({ ...hours, until: event.target.value })}
              />
            </div>
            <Zone onError={setError} />
          </>
        )}
      </div>
      <p role="alert" className="form-error">
        {error !== null && sentenceOf(t, error)}
      </p>
      <button type="submit" className="button button-wide" disabled={busy}>
        {t.preferences.save}
      </button>
    </form>
  );
}

/** In which way each kind is told. What has no way of that sort has no box. */
function KindTable({ chosen, onChange }: { chosen: Kinds; onChange(changed: Partial<Kinds>): void }) {
  const { t } = useI18n();
  const box = (kind: Kind, way: 'centre' | 'push') => {
    const ways: { centre?: boolean; push: boolean } = chosen[kind];
    const checked = ways[way];
    if (checked === undefined) return null;
    const label = way === 'centre' ? t.preferences.centreOf(t.preferences.kinds[kind]) : t.preferences.pushOf(t.preferences.kinds[kind]);
    return <input type="checkbox" aria-label={label} checked={checked} onChange={() => onChange({ [kind]: { ...ways, [way]: !checked } })} />;
  };
  return (
    <table className="kinds">
      <thead>
        <tr>
          <th scope="col">{t.preferences.what}</th>
          <th scope="col">{t.preferences.centre}</th>
          <th scope="col">{t.preferences.push}</th>
        </tr>
      </thead>
      <tbody>
        {kinds.map((kind) => (
          <tr key={kind}>
            <th scope="row">{t.preferences.kinds[kind]}</th>
            <td>{box(kind, 'centre')}</td>
            <td>{box(kind, 'push')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** By which clock the hours are meant, and the way to the clock of this device. */
function Zone({ onError }: { onError(error: unknown): void }) {
  const { t } = useI18n();
  const client = useClient();
  const zone = useChat((state) => state.me?.timeZone ?? null);
  const here = deviceZone();
  return (
    <p className="field-hint">
      {t.preferences.quietHint} {zone === null ? t.preferences.noZone : t.preferences.zone(zone)}
      {zone !== here && (
        <>
          {' '}
          <button type="button" className="link-button" onClick={() => void client.updateProfile({ timeZone: here }).catch(onError)}>
            {t.preferences.takeZone(here)}
          </button>
        </>
      )}
    </p>
  );
}
