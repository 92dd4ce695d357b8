import { useReducer, useState, type FormEvent } from 'react';
import type { Client } from '../../client/index.ts';
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

type Input = Parameters<Client['updateProfile']>[0];

/**
 * How I appear to others, what they may see of me, and whom I block. Nothing changes before it is saved, and then only what was touched: the rest
 * is as another device has it by then.
 */
export function OwnProfile({ me, onClose }: { me: Me; onClose(): void }) {
  const { t } = useI18n();
  const client = useClient();
  const notify = useNotify();
  const [changed, change] = useReducer((before: Input, more: Input): Input => ({ ...before, ...more }), {});
  const { name, avatarUrl, statusText, timeZone } = { ...me, ...changed };
  const preferences = { ...me.preferences, ...changed.preferences };
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  function save(event: FormEvent): void {
    event.preventDefault();
    setBusy(true);
    setError(null);
    client
      .updateProfile({
        ...changed,
        ...(changed.avatarUrl !== undefined && { avatarUrl: changed.avatarUrl?.trim() || null }),
        ...(changed.statusText !== undefined && { statusText: changed.statusText?.trim() || null }),
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
          <Field
            label={t.profile.name}
            autoComplete="name"
            value={name}
            required
            maxLength={100}
            onChange={(event) => change({ name: event.target.value })}
          />
          <Field
            label={t.profile.status}
            hint={t.profile.statusHint}
            dir="auto"
            value={statusText ?? ''}
            maxLength={140}
            onChange={(event) => change({ statusText: event.target.value })}
          />
          <Select
            label={t.profile.zone}
            hint={t.profile.zoneHint}
            value={timeZone ?? ''}
            options={zones(t.profile.noZone, me.timeZone)}
            onChange={(zone) => change({ timeZone: zone || null })}
          />
          <Field
            label={t.profile.avatar}
            hint={t.profile.avatarHint}
            type="url"
            pattern="https?://.+"
            autoComplete="photo"
            value={avatarUrl ?? ''}
            maxLength={2048}
            onChange={(event) => change({ avatarUrl: event.target.value })}
          />
          <fieldset className="checks">
            <legend>{t.profile.privacy}</legend>
            <Check checked={preferences.hidePresence} onChange={(hidePresence) => change({ preferences: { ...changed.preferences, hidePresence } })}>
              {t.profile.hidePresence}
            </Check>
            <Check checked={preferences.hideReceipts} onChange={(hideReceipts) => change({ preferences: { ...changed.preferences, hideReceipts } })}>
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
