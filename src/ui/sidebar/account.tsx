import { useState } from 'react';
import { useI18n } from '../i18n/index.ts';
import { Avatar } from '../parts/avatar.tsx';
import { Icon } from '../parts/icon.tsx';
import { OwnProfile } from '../people/own-profile.tsx';
import { useDevice } from '../push/use-device.ts';
import { navigate } from '../route.ts';
import { useChat, useClient } from '../state.ts';

/** Who is signed in, the way to their profile, and the way out. */
export function Account() {
  const { t } = useI18n();
  const client = useClient();
  const device = useDevice();
  const me = useChat((state) => state.me);
  const [changing, setChanging] = useState(false);
  if (!me) return null;

  // Without a connection nobody can be signed out; the banner says so already.
  const leave = (): void =>
    void client.signOut().then(
      () => {
        navigate('/');
        // The server has ended it; where the browser cannot, the next renewal finds that it is nobody's.
        device.forget().catch(() => {});
      },
      () => {},
    );

  return (
    <footer className="account" aria-label={t.list.account}>
      <button type="button" className="account-me" title={t.profile.mine} onClick={() => setChanging(true)}>
        <Avatar id={me.id} name={me.name} url={me.avatarUrl} size="small" />
        <span className="account-name">
          <span className="visually-hidden">{t.profile.mine}: </span>
          <bdi>{me.name}</bdi>
          {me.statusText && (
            <span className="account-status" dir="auto">
              {me.statusText}
            </span>
          )}
        </span>
      </button>
      <button type="button" className="icon-button" aria-label={t.auth.signOut} title={t.auth.signOut} onClick={leave}>
        <Icon name="out" />
      </button>
      {changing && <OwnProfile me={me} onClose={() => setChanging(false)} />}
    </footer>
  );
}
