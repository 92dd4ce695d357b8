/** Every key that the web chat listens to beyond those of the platform, as `aria-keyshortcuts` spells them. */
export const keys = {
  palette: 'Mod+K',
  search: '/',
  help: '?',
  previous: 'Alt+ArrowUp',
  next: 'Alt+ArrowDown',
  previousUnread: 'Alt+Shift+ArrowUp',
  nextUnread: 'Alt+Shift+ArrowDown',
  markRead: 'Escape',
  editLast: 'ArrowUp',
  reply: 'R',
  thread: 'T',
  react: 'L',
  edit: 'E',
  copy: 'C',
  toText: 'Escape',
} as const;

export type KeyName = keyof typeof keys;

type Pressed = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

/** Whether this was pressed. Signs such as ? need Shift on some keyboards and not on others: there it does not matter. */
export function isPressed(event: Pressed, name: KeyName): boolean {
  const parts = keys[name].split('+');
  const key = parts.at(-1) ?? '';
  const held = (modifier: string): boolean => parts.includes(modifier);
  const sign = key.length === 1 && !/[A-Z]/.test(key);
  return (
    event.key.toLowerCase() === key.toLowerCase() &&
    (event.ctrlKey || event.metaKey) === held('Mod') &&
    event.altKey === held('Alt') &&
    (sign || event.shiftKey === held('Shift'))
  );
}

const isApple = (): boolean => /Mac|iP/.test(navigator.userAgent);
const words: Record<string, string> = { ArrowUp: '↑', ArrowDown: '↓', Escape: 'Esc', Mod: 'Ctrl' };
const apple: Record<string, string> = { ...words, Mod: '⌘', Alt: '⌥', Shift: '⇧' };

/** The keys as they stand on this keyboard. */
export function capsOf(name: KeyName): string[] {
  const names = isApple() ? apple : words;
  return keys[name].split('+').map((part) => names[part] ?? part);
}

/** For `aria-keyshortcuts`. */
export function ariaOf(name: KeyName): string {
  const spelled: string = keys[name];
  return spelled.startsWith('Mod+') ? `${spelled.replace('Mod', 'Control')} ${spelled.replace('Mod', 'Meta')}` : spelled;
}

/** Keys without Ctrl, Alt or Cmd are letters where somebody writes. */
export function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'));
}
