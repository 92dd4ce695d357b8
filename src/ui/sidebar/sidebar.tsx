import { useState } from 'react';
import { useI18n } from '../i18n/index.ts';
import { Avatar } from '../parts/avatar.tsx';
import { Icon } from '../parts/icon.tsx';
import { Logo } from '../parts/logo.tsx';
import { NewConversation } from '../people/new-conversation.tsx';
import { navigate } from '../route.ts';
import { useChat, useClient } from '../state.ts';
import { ConversationList } from './conversation-list.tsx';

export function Sidebar({ open }: { open: string | null }) {
  const { t } = useI18n();
  const [creating, setCreating] = useState(false);
  return (
    <nav className="sidebar" aria-label={t.list.title}>
      <header className="sidebar-header">
        <Logo />
        <h1>{t.app.name}</h1>
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
      <ConversationList open={open} onCreate={() => setCreating(true)} />
      <Account />
      {creating && <NewConversation onClose={() => setCreating(false)} />}
    </nav>
  );
}

function Account() {
  const { t } = useI18n();
  const client = useClient();
  const me = useChat((state) => state.me);
  if (!me) return null;
  // Without a connection nobody can be signed out; the banner says so already.
  const leave = (): void =>
    void client.signOut().then(
      () => navigate('/'),
      () => {},
    );
  return (
    <footer className="account" aria-label={t.list.account}>
      <Avatar id={me.id} name={me.name} url={me.avatarUrl} size="small" />
      <span className="account-name">{me.name}</span>
      <button type="button" className="icon-button" aria-label={t.auth.signOut} title={t.auth.signOut} onClick={leave}>
        <Icon name="out" />
      </button>
    </footer>
  );
}
