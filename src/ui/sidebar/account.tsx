import { useDialogs } from '../dialogs.tsx';
import { useI18n } from '../i18n/index.ts';
import { Avatar } from '../parts/avatar.tsx';
import { Icon } from '../parts/icon.tsx';
import { useChat } from '../state.ts';
import { useSignOut } from './use-sign-out.ts';

/** Who is signed in, the way to their profile, and the way out. */
export function Account() {
  const { t } = useI18n();
  const dialogs = useDialogs();
  const signOut = useSignOut();
  const me = useChat((state) => state.me);
  if (!me) return null;
  return (
    <footer className="account" aria-label={t.list.account}>
      <button type="button" className="account-me" title={t.profile.mine} onClick={() => dialogs.open('profile')}>
        <Avatar id={me.id} name={me.name} url={me.avatarUrl} size="small" />
        <span className="account-name">
          <span className="visually-hidden">{t.profile.mine}: </span>
          <bdi>{me.name}</bdi>
          {me.statusText && (
            <span className="account-status">
              <bdi>{me.statusText}</bdi>
            </span>
          )}
        </span>
      </button>
      <button type="button" className="icon-button" aria-label={t.auth.signOut} title={t.auth.signOut} onClick={signOut}>
        <Icon name="out" />
      </button>
    </footer>
  );
}
