import { useEffect, useEffectEvent, useMemo, useState } from 'react';
import { Chat } from './chat/chat.tsx';
import { useUnread } from '../client/react/index.ts';
import { ConnectionBanner } from './connection-banner.tsx';
import { useI18n } from './i18n/index.ts';
import { NARROW } from './narrow.ts';
import { Logo } from './parts/logo.tsx';
import { Notices } from './parts/notice.tsx';
import { usePushes } from './push/use-device.ts';
import { navigate, useConversationId } from './route.ts';
import { SideContext, type SideView } from './side.ts';
import { Sidebar } from './sidebar/sidebar.tsx';

/** The list beside the conversation; on a narrow screen one of the two. */
export function Home() {
  const open = useConversationId();
  const [view, setView] = useState<SideView | null>(() => asked(location.search));
  const side = useMemo(() => ({ view, open: setView, close: () => setView(null) }), [view]);
  useUnreadTitle();
  usePushes((path) => {
    navigate(path);
    if (matchMedia(NARROW).matches) setView(null);
  });
  useSearchKey(() => setView({ kind: 'search', conversationId: view?.kind === 'search' ? view.conversationId : null }));
  useEffect(() => {
    if (location.pathname === '/sign-in') navigate('/');
  }, []);
  return (
    <Notices>
      <SideContext value={side}>
        <div className={open === null || view ? 'home' : 'home home-chatting'}>
          <ConnectionBanner />
          <Sidebar open={open} />
          <main className="stage">{open === null ? <NothingOpen /> : <Chat key={open} conversationId={open} />}</main>
        </div>
      </SideContext>
    </Notices>
  );
}

/** The shortcuts of the installed chat lead to what stands over the list. */
function asked(search: string): SideView | null {
  switch (new URLSearchParams(search).get('show')) {
    case 'search':
      return { kind: 'search', conversationId: null };
    case 'notifications':
      return { kind: 'notifications' };
    default:
      return null;
  }
}

function NothingOpen() {
  const { t } = useI18n();
  return (
    <div className="blank">
      <Logo />
      <h2>{t.list.choose}</h2>
      <p>{t.list.chooseHint}</p>
    </div>
  );
}

/** Ctrl or Cmd and K from everywhere, / from where nobody writes; not while a dialog wants an answer. */
function useSearchKey(search: () => void): void {
  const pressed = useEffectEvent((event: KeyboardEvent): void => {
    const writing = event.target instanceof HTMLElement && event.target.matches('input, textarea, select');
    const chord = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === 'k';
    const slash = event.key === '/' && !writing && !event.ctrlKey && !event.metaKey && !event.altKey;
    if ((!chord && !slash) || document.querySelector('dialog[open]')) return;
    event.preventDefault();
    search();
  });
  useEffect(() => {
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, []);
}

/** The number of unread messages stands in the tab, where it is seen from elsewhere. */
function useUnreadTitle(): void {
  const { t } = useI18n();
  const unread = useUnread();
  useEffect(() => {
    document.title = unread > 0 ? `(${unread}) ${t.app.name}` : t.app.name;
  }, [unread, t]);
}
