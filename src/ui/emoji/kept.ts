import type { SkinTone } from 'frimousse';

/** On this device only: it is of no use elsewhere and nobody's business. */
const RECENT_KEY = 'chinwag.emoji.recent';
const TONE_KEY = 'chinwag.emoji.tone';
/** Two rows of the picker. */
const RECENT_MAX = 16;

export const TONES = ['none', 'light', 'medium-light', 'medium', 'medium-dark', 'dark'] as const satisfies readonly SkinTone[];

const MODIFIERS = /[\u{1f3fb}-\u{1f3ff}]/gu;

/** What was chosen last, the newest first; one of those that differ in the tone alone. */
export function recentEmoji(): string[] {
  const kept = read(RECENT_KEY)?.split(' ') ?? [];
  return kept.filter((emoji) => emoji !== '');
}

export function rememberEmoji(chosen: string): void {
  const others = recentEmoji().filter((emoji) => bare(emoji) !== bare(chosen));
  write(RECENT_KEY, [chosen, ...others].slice(0, RECENT_MAX).join(' '));
}

export function skinTone(): SkinTone {
  const kept = read(TONE_KEY);
  return TONES.find((tone) => tone === kept) ?? 'none';
}

export function rememberSkinTone(tone: SkinTone): void {
  write(TONE_KEY, tone);
}

function bare(emoji: string): string {
  return emoji.replace(MODIFIERS, '').replaceAll('\ufe0f', '');
}

// A browser may refuse to keep anything: then nothing is recent.
function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // As above.
  }
}
