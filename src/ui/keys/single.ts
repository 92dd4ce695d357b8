const KEY = 'chinwag.keys.single';

/**
 * Whether / and ? do something by themselves. Who speaks to the computer, or meets keys by accident, can turn them off (WCAG 2.1.4);
 * this device remembers it. The keys of a message need its focus and stay.
 */
export function hasSingleKeys(): boolean {
  try {
    return localStorage.getItem(KEY) !== 'off';
  } catch {
    return true;
  }
}

export function keepSingleKeys(on: boolean): void {
  try {
    localStorage.setItem(KEY, on ? 'on' : 'off');
  } catch {
    // A browser that keeps nothing has them again next time.
  }
}
