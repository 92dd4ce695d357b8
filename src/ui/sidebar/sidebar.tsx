import { useState } from 'react';
import { useNotifications } from '../../client/react/index.ts';
import { useI18n } from '../i18n/index.ts';
import { Icon } from '../parts/icon.tsx';
import { Logo } from '../parts/logo.tsx';
import { Notifications } from '../notifications/notifications.tsx';
import { NewConversation } from '../people/new-conversation.tsx';
import { Search } from '../search/search.tsx';
import { useSide } from '../side.ts';
import { Account } from './account.tsx';
import { ConversationList } from './conversation-list.tsx';

/** The list of conversations; over it, when somebody asks, the search or the notification centre. */
export function Sidebar({ open }: { open: string | null }) {
  const { t } = useI18n();
  const { view } = useSide();
  const [creating, setCreating] = useState(false);
  return (
    <nav className="sidebar" aria-label={t.list.title}>
      <header className="sidebar-header">
        <Logo />
        <h1>{t.app.name}</h1>
        <Bell />
        <button
          type="button"
          className="icon-button icon-button-strong"
          aria-label={t.list.create}
          title={t.list.create}
          onClick={() => setCreating(true)}
        >
          <Icon name="plus" />
        </button>
      </header>
      <SearchButton />
      <ConversationList open={open} onCreate={() => setCreating(true)} />
      <Account />
      {view?.kind === 'search' && <Search key={view.conversationId} view={view} />}
      {view?.kind === 'notifications' && <Notifications />}
      {creating && <NewConversation onClose={() => setCreating(false)} />}
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
      aria-keyshortcuts="Control+K Meta+K /"
      onClick={() => open({ kind: 'search', conversationId: null })}
    >
      <Icon name="search" />
      <span>{t.search.label}</span>
      <kbd aria-hidden="true">{/Mac|iP/.test(navigator.userAgent) ? '⌘K' : 'Ctrl K'}</kbd>
    </button>
  );
}
