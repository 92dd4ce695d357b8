import { useState, type FormEvent } from 'react';
import type { Me } from '../../wire/person.ts';
import { Field } from '../auth/field.tsx';
import { deviceZone } from '../format.ts';
import { sentenceOf, useI18n } from '../i18n/index.ts';
import { Avatar } from '../parts/avatar.tsx';
import { Check } from '../parts/check.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { useNotify } from '../parts/notice.tsx';
import { Select } from '../parts/select.tsx';
import { useClient } from '../state.ts';
import { Unblock } from './block.tsx';
import { useBlocks } from '../../client/react/index.ts';

/** How I appear to others, what they may see of me, and whom I block. Nothing changes before it is saved. */
export function OwnProfile({ me, onClose }: { me: Me; onClose(): void }) {
  const { t } = useI18n();
  const client = useClient();
  const notify = useNotify();
  const [name, setName] = useState(me.name);
  const [avatar, setAvatar] = useState(me.avatarUrl ?? '');
  const [status, setStatus] = useState(me.statusText ?? '');
  const [zone, setZone] = useState(me.timeZone ?? '');
  const [preferences, setPreferences] = useState(me.preferences);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  function save(event: FormEvent): void {
    event.preventDefault();
    setBusy(true);
    setError(null);
    client
      .updateProfile({
        name: name.trim(),
        avatarUrl: avatar.trim() || null,
        statusText: status.trim() || null,
        timeZone: zone || null,
        preferences,
      })
      .then(
        () => {
          notify(t.profile.saved);
          onClose();
        },
        (refused: unknown) => {
          setError(refused);
          setBusy(false);
        },
      );
  }

  return (
    <Dialog title={t.profile.mine} onClose={onClose}>
      <form className="settings" onSubmit={save}>
        <div className="settings-fields">
          <div className="profile-me">
            <Avatar id={me.id} name={name || me.name} url={me.avatarUrl} size="large" />
            {me.email !== null && <p className="profile-line">{me.email}</p>}
          </div>
          <Field label={t.profile.name} autoComplete="name" value={name} required maxLength={100} onChange={(event) => setName(event.target.value)} />
          <Field
            label={t.profile.status}
            hint={t.profile.statusHint}
            dir="auto"
            value={status}
            maxLength={140}
            onChange={(event) => setStatus(event.target.value)}
          />
          <Select label={t.profile.zone} hint={t.profile.zoneHint} value={zone} options={zones(t.profile.noZone, me.timeZone)} onChange={setZone} />
          <Field
            label={t.profile.avatar}
            hint={t.profile.avatarHint}
            type="url"
            pattern="https?://.+"
            autoComplete="photo"
            value={avatar}
            maxLength={2048}
            onChange={(event) => setAvatar(event.target.value)}
          />
          <fieldset className="checks">
            <legend>{t.profile.privacy}</legend>
            <Check checked={preferences.hidePresence} onChange={(hidePresence) => setPreferences({ ...preferences, hidePresence })}>
              {t.profile.hidePresence}
            </Check>
            <Check checked={preferences.hideReceipts} onChange={(hideReceipts) => setPreferences({ ...preferences, hideReceipts })}>
              {t.profile.hideReceipts}
            </Check>
          </fieldset>
          <Blocked />
        </div>
        <p role="alert" className="form-error">
          {error !== null && sentenceOf(t, error)}
        </p>
        <button type="submit" className="button button-wide" disabled={busy || name.trim() === '' || !me.capabilities.update}>
          {t.profile.save}
        </button>
      </form>
    </Dialog>
  );
}

function Blocked() {
  const { t } = useI18n();
  const blocks = useBlocks();
  if (!blocks || blocks.length === 0) return null;
  return (
    <fieldset className="checks">
      <legend>{t.profile.blocks}</legend>
      <ul>
        {blocks.map(({ userId, user }) => (
          <li key={userId} className="member">
            <Avatar id={userId} name={user.name} url={user.avatarUrl} size="small" />
            <span className="person-name">
              <bdi>{user.name}</bdi>
            </span>
            <Unblock userId={userId} name={user.name} className="link-button" />
          </li>
        ))}
      </ul>
    </fieldset>
  );
}

/** None, the one of this device, and all that the browser knows; the one that is set, even where the browser does not know it. */
function zones(none: string, present: string | null): (readonly [string, string])[] {
  const known = new Set([deviceZone(), ...(present === null ? [] : [present]), ...Intl.supportedValuesOf('timeZone')]);
  return [['', none], ...[...known].map((zone) => [zone, zone.replaceAll('_', ' ')] as const)];
}
