import { useEffect, useMemo, useState } from 'react';
import { Chat } from './chat/chat.tsx';
import { useUnread } from '../client/react/index.ts';
import { ConnectionBanner } from './connection-banner.tsx';
import { DialogHost } from './dialogs.tsx';
import { EmojiPicking } from './emoji/picking.tsx';
import { useI18n } from './i18n/index.ts';
import { KeepingNote } from './keeping-note.tsx';
import { useKeys } from './keys/use-keys.ts';
import { NARROW } from './narrow.ts';
import { Logo } from './parts/logo.tsx';
import { Notices } from './parts/notice.tsx';
import { usePushes } from './push/use-device.ts';
import { navigate, useConversationId } from './route.ts';
import { SideContext, type SideView } from './side.ts';
import { Sidebar } from './sidebar/sidebar.tsx';

/** The list beside the conversation; on a narrow screen one of the two. */
export function Home() {
  const { t } = useI18n();
  const open = useConversationId();
  const [view, setView] = useState<SideView | null>(() => asked(location.search));
  const side = useMemo(() => ({ view, open: setView, close: () => setView(null) }), [view]);
  useUnreadTitle();
  usePushes((path) => {
    navigate(path);
    if (matchMedia(NARROW).matches) setView(null);
  });
  useEffect(() => {
    if (location.pathname === '/sign-in') navigate('/');
  }, []);
  return (
    <Notices>
      <EmojiPicking>
        <SideContext value={side}>
          <DialogHost>
            <Keys />
            {/* All of it: where there is room for one thing alone, the list is the main thing too. */}
            <main className={open === null || view ? 'home' : 'home home-chatting'}>
              <header className="visually-hidden">
                <h1>{t.app.name}</h1>
              </header>
              <div className="banners">
                <ConnectionBanner />
                <KeepingNote />
              </div>
              <Sidebar open={open} />
              <div className="stage">{open === null ? <NothingOpen /> : <Chat key={open} conversationId={open} />}</div>
            </main>
          </DialogHost>
        </SideContext>
      </EmojiPicking>
    </Notices>
  );
}

/** Below what the keys open. */
function Keys() {
  useKeys();
  return null;
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

/** The number of unread messages stands in the tab, where it is seen from elsewhere. */
function useUnreadTitle(): void {
  const { t } = useI18n();
  const unread = useUnread();
  useEffect(() => {
    document.title = unread > 0 ? `(${unread}) ${t.app.name}` : t.app.name;
  }, [unread, t]);
}
