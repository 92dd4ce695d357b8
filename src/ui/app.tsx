import { useEffect } from 'react';
import { SignIn } from './auth/sign-in.tsx';
import { Chat } from './chat/chat.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import { useI18n } from './i18n/index.ts';
import { Logo } from './parts/logo.tsx';
import { Notices } from './parts/notice.tsx';
import { navigate, useConversationId } from './route.ts';
import { Sidebar } from './sidebar/sidebar.tsx';
import { useChat } from './state.ts';

export function App() {
  const session = useChat((state) => state.session);
  if (session === 'unknown') return <Loading />;
  return session === 'signed-in' ? <Home /> : <SignIn />;
}

/** The list beside the conversation; on a narrow screen one of the two. */
function Home() {
  const open = useConversationId();
  useUnreadTitle();
  useEffect(() => {
    if (location.pathname === '/sign-in') navigate('/');
  }, []);
  return (
    <div className={open === null ? 'home' : 'home home-chatting'}>
      <ConnectionBanner />
      <Sidebar open={open} />
      <main className="stage">
        <Notices>{open === null ? <NothingOpen /> : <Chat key={open} conversationId={open} />}</Notices>
      </main>
    </div>
  );
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

function Loading() {
  const { t } = useI18n();
  return (
    <div className="blank blank-page">
      <ConnectionBanner />
      <Logo />
      <p role="status" className="late">
        {t.app.loading}
      </p>
    </div>
  );
}

/** The number of unread messages stands in the tab, where it is seen from elsewhere. */
function useUnreadTitle(): void {
  const { t } = useI18n();
  const unread = useChat((state) => {
    let sum = 0;
    for (const { membership } of state.conversations.values()) if (!membership.archived) sum += membership.unread;
    return sum;
  });
  useEffect(() => {
    document.title = unread > 0 ? `(${unread}) ${t.app.name}` : t.app.name;
  }, [unread, t]);
}
