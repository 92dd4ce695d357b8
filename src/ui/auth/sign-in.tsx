import { useState, type FormEvent } from 'react';
import { sentenceOf, useI18n } from '../i18n/index.ts';
import { Logo } from '../parts/logo.tsx';
import { useChat, useClient } from '../state.ts';
import { Field } from './field.tsx';

export function SignIn() {
  const { t } = useI18n();
  const [joining, setJoining] = useState(false);
  return (
    <main className="welcome">
      <section className="welcome-brand">
        <Logo />
        <p className="welcome-name">{t.app.name}</p>
        <p className="welcome-tagline">{t.app.tagline}</p>
        <p className="welcome-pitch">{t.app.pitch}</p>
        <Chatter />
      </section>
      <section className="welcome-form">
        <h1>{joining ? t.auth.begin : t.auth.welcome}</h1>
        <Notice />
        <AccountForm key={String(joining)} joining={joining} />
        <p className="welcome-switch">
          {joining ? t.auth.haveAccount : t.auth.newHere}{' '}
          <button type="button" className="link-button" onClick={() => setJoining(!joining)}>
            {joining ? t.auth.signIn : t.auth.signUp}
          </button>
        </p>
      </section>
    </main>
  );
}

/** A little conversation, to look at. */
function Chatter() {
  const { t } = useI18n();
  return (
    <div className="chatter" aria-hidden="true">
      {t.app.chatter.map((line, i) => (
        <p key={line} className={i % 2 === 0 ? 'chatter-theirs' : 'chatter-mine'}>
          {line}
        </p>
      ))}
    </div>
  );
}

/** Why somebody who was signed in is here again. */
function Notice() {
  const { t } = useI18n();
  const connection = useChat((state) => state.connection);
  if (connection.state !== 'ended' || connection.reason === 'signed_out') return null;
  return <p className="notice">{connection.reason === 'banned' ? t.auth.banned : t.auth.sessionEnded}</p>;
}

function AccountForm({ joining }: { joining: boolean }) {
  const { t } = useI18n();
  const client = useClient();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const account = { name: textOf(form, 'name'), email: textOf(form, 'email'), password: textOf(form, 'password') };
    setBusy(true);
    setError(null);
    try {
      await (joining ? client.signUp(account) : client.signIn(account));
    } catch (refused) {
      setError(refused);
      setBusy(false);
    }
  }

  return (
    <form onSubmit={(event) => void submit(event)}>
      {joining && <Field label={t.auth.name} name="name" autoComplete="name" required maxLength={100} />}
      <Field label={t.auth.email} name="email" type="email" autoComplete="username" required />
      <Field
        label={t.auth.password}
        name="password"
        type="password"
        autoComplete={joining ? 'new-password' : 'current-password'}
        required
        {...(joining && { minLength: 8, hint: t.auth.passwordHint })}
      />
      <p role="alert" className="form-error">
        {error !== null && sentenceOf(t, error)}
      </p>
      <button type="submit" className="button button-wide" disabled={busy}>
        {joining ? t.auth.signUp : t.auth.signIn}
      </button>
    </form>
  );
}

function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}
