/** Where there is no keyboard: Enter makes a new line, and nothing takes the focus that would slide a keyboard over the screen. */
export function touched(): boolean {
  return matchMedia('(pointer: coarse)').matches;
}
