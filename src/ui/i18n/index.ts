import { createContext, use } from 'react';
import { AuthError, codeOf } from '../../client/index.ts';
import { de } from './de.ts';
import { en } from './en.ts';

/** The codes of better-auth that people meet. */
export type AuthCode =
  | 'INVALID_EMAIL_OR_PASSWORD'
  | 'USER_ALREADY_EXISTS'
  | 'INVALID_EMAIL'
  | 'PASSWORD_TOO_SHORT'
  | 'PASSWORD_TOO_LONG'
  | 'BANNED_USER'
  | 'SIGN_UP_DISABLED';

/** Every language says the same things: a key that is missing does not compile. */
export type Catalogue = typeof en;

export type I18n = { t: Catalogue; locale: string };

const catalogues: Record<string, Catalogue> = { en, de };

/** The first of the person's languages that we speak. Dates and numbers keep their region. */
export function pickLanguage(wanted: readonly string[]): I18n {
  for (const locale of wanted) {
    const t = catalogues[locale.split('-', 1)[0] ?? ''];
    if (t) return { t, locale };
  }
  return { t: en, locale: 'en' };
}

export const I18nContext = createContext<I18n>({ t: en, locale: 'en' });

export function useI18n(): I18n {
  return use(I18nContext);
}

/** A sentence for whatever went wrong. */
export function sentenceOf(t: Catalogue, error: unknown): string {
  if (!(error instanceof AuthError)) return t.errors[codeOf(error)];
  const { USER_ALREADY_EXISTS, SIGN_UP_DISABLED } = t.authErrors;
  const known: Record<string, string> = {
    ...t.errors,
    ...t.authErrors,
    USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL: USER_ALREADY_EXISTS,
    forbidden: SIGN_UP_DISABLED,
  };
  return known[error.code] ?? t.errors.internal;
}
