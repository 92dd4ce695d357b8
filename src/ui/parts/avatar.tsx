import type { Presence } from '../../wire/person.ts';
import { useI18n } from '../i18n/index.ts';

type Props = {
  id: string;
  name: string;
  url: string | null;
  group?: boolean;
  status?: Presence['status'] | undefined;
  size?: 'tiny' | 'small' | 'large';
};

/** A picture, or initials on one of eight colours. Purely visual: the name stands beside it; presence is said in words. */
export function Avatar({ id, name, url, group = false, status, size }: Props) {
  const { t } = useI18n();
  const shape = `avatar ${toneOf(id)}${group ? ' avatar-group' : ''}${size ? ` avatar-${size}` : ''}`;
  return (
    <span className={shape}>
      {/* The initials are drawn by the style: they are a picture, not a text to read, to copy or to say. */}
      <span className="avatar-face" aria-hidden="true" data-initials={url === null ? initialsOf(name) : undefined}>
        {url !== null && <img src={url} alt="" loading="lazy" referrerPolicy="no-referrer" />}
      </span>
      {status && status !== 'offline' && <span className={`presence presence-${status}`} role="img" aria-label={t.presence[status]} />}
    </span>
  );
}

function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/u);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return letters.map((word) => Array.from(word ?? '')[0]?.toLocaleUpperCase() ?? '').join('');
}

/** Which of the eight colours a person or group has, everywhere. */
export function toneOf(id: string): string {
  let hash = 0;
  for (const letter of id) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) >>> 0;
  return `tone-${hash % 8}`;
}
