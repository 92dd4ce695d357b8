import { useNotifications } from '../../client/react/index.ts';
import { useDialogs } from '../dialogs.tsx';
import { useI18n } from '../i18n/index.ts';
import { Caps } from '../keys/caps.tsx';
import { ariaOf } from '../keys/table.ts';
import { Icon } from '../parts/icon.tsx';
import { Logo } from '../parts/logo.tsx';
import { Notifications } from '../notifications/notifications.tsx';
import { Search } from '../search/search.tsx';
import { useSide } from '../side.ts';
import { Account } from './account.tsx';
import { Archived } from './archived.tsx';
import { ConversationList } from './conversation-list.tsx';

/** The list of conversations; over it, when somebody asks, the search or the notification centre. */
export function Sidebar({ open }: { open: string | null }) {
  const { t } = useI18n();
  const { view } = useSide();
  const dialogs = useDialogs();
  const create = (): void => dialogs.open('new');
  return (
    <nav className="sidebar" aria-label={t.list.title}>
      <header className="sidebar-header">
        <Logo />
        <p className="brand">{t.app.name}</p>
        <Bell />
        <button type="button" className="icon-button icon-button-strong" aria-label={t.list.create} title={t.list.create} onClick={create}>
          <Icon name="plus" />
        </button>
      </header>
      <div className="sidebar-find">
        <SearchButton />
        <PaletteButton />
      </div>
      <ConversationList open={open} onCreate={create} />
      <Account />
      {view?.kind === 'search' && <Search key={view.conversationId} view={view} />}
      {view?.kind === 'notifications' && <Notifications />}
      {view?.kind === 'archived' && <Archived open={open} />}
    </nav>
  );
}

function Bell() {
  const { t } = useI18n();
  const { view, open } = useSide();
  const { unread } = useNotifications();
  const name = t.notifications.open(unread);
  return (
    <>
      <span role="status" className="visually-hidden">
        {unread > 0 && name}
      </span>
      <button
        type="button"
        className="icon-button bell"
        aria-label={name}
        aria-expanded={view?.kind === 'notifications'}
        title={name}
        onClick={() => open({ kind: 'notifications' })}
      >
        <Icon name="bell" />
        {unread > 0 && (
          <span className="badge" aria-hidden="true">
            {unread > 99 ? '99+' : unread}
          </span>
        )}
      </button>
    </>
  );
}

/** Looks like the field that it opens. */
function SearchButton() {
  const { t } = useI18n();
  const { open } = useSide();
  return (
    <button
      type="button"
      className="search-field search-button"
      aria-keyshortcuts={ariaOf('search')}
      onClick={() => open({ kind: 'search', conversationId: null })}
    >
      <Icon name="search" />
      <span>{t.search.label}</span>
      <span className="search-keys" aria-hidden="true">
        <Caps name="search" />
      </span>
    </button>
  );
}

function PaletteButton() {
  const { t } = useI18n();
  const dialogs = useDialogs();
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={t.palette.open}
      title={t.palette.open}
      aria-keyshortcuts={ariaOf('palette')}
      onClick={() => dialogs.open('palette')}
    >
      <Icon name="command" />
    </button>
  );
}
