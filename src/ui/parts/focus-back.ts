/** Remembers what has the focus, and answers how to give it back. */
export function focusBack(): () => void {
  const before = document.activeElement instanceof HTMLElement ? document.activeElement : null;
  return () => before?.focus({ preventScroll: true });
}
