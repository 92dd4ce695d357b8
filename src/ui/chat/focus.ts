/** Arrow keys walk through the messages, one focus stop for all of them. Answers whether the key was meant for that. */
export function moveFocus(scroller: HTMLElement | null, key: string): boolean {
  if (!scroller || !['ArrowUp', 'ArrowDown', 'Home', 'End'].includes(key)) return false;
  const items = [...scroller.querySelectorAll<HTMLElement>('.message')];
  const now = items.findIndex((item) => item === document.activeElement);
  const last = items.length - 1;
  const target = { ArrowUp: now < 0 ? last : now - 1, ArrowDown: now < 0 ? last : now + 1, Home: 0, End: last }[key] ?? last;
  items[Math.max(0, Math.min(last, target))]?.focus();
  return true;
}

/** Shows a message and makes clear which one it is. Answers whether it is loaded. */
export function scrollToMessage(scroller: HTMLElement | null, seq: number): boolean {
  const item = scroller?.querySelector<HTMLElement>(`[data-seq="${seq}"]`);
  item?.scrollIntoView({ block: 'center' });
  item?.focus({ preventScroll: true });
  return Boolean(item);
}
