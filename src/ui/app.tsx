import { SignIn } from './auth/sign-in.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import { Home } from './home.tsx';
import { useI18n } from './i18n/index.ts';
import { Logo } from './parts/logo.tsx';
import { useChat } from './state.ts';

export function App() {
  const session = useChat((state) => state.session);
  if (session === 'unknown') return <Loading />;
  return session === 'signed-in' ? <Home /> : <SignIn />;
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
