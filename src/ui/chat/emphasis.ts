/** What Ctrl or Cmd with a letter puts around what is selected. */
const MARKS: ReadonlyMap<string, string> = new Map([
  ['b', '**'],
  ['i', '_'],
  ['e', '`'],
]);

type Selected = { text: string; from: number; to: number };
type Keys = { key: string; ctrlKey: boolean; metaKey: boolean; altKey: boolean; shiftKey: boolean };

export function markOf({ key, ctrlKey, metaKey, altKey, shiftKey }: Keys): string | null {
  return ctrlKey !== metaKey && !altKey && !shiftKey ? (MARKS.get(key.toLowerCase()) ?? null) : null;
}

/** Puts the mark around what is selected, without the blanks at its ends, or takes it away where it stands there. What was selected stays so. */
export function toggled({ text, from, to }: Selected, mark: string): Selected {
  const selected = text.slice(from, to);
  const start = from + (selected.trim() === '' ? 0 : selected.length - selected.trimStart().length);
  const end = start + selected.trim().length;
  const inner = text.slice(start, end);
  const before = text.slice(0, start);
  const after = text.slice(end);
  const size = mark.length;
  if (before.endsWith(mark) && after.startsWith(mark))
    return { text: before.slice(0, -size) + inner + after.slice(size), from: start - size, to: end - size };
  return { text: before + mark + inner + mark + after, from: start + size, to: end + size };
}
