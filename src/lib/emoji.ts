// Unicode's own list: emoji "recommended for general interchange" (UTS #51), sequences included.
const RGI = /^\p{RGI_Emoji}$/v;
const VARIATION_SELECTOR_16 = '\ufe0f';

/**
 * One emoji in its full form, or null. Keyboards differ in whether they send the selector that asks for the coloured
 * form (❤ and ❤️): without this the two would be counted apart.
 */
export function normaliseEmoji(text: string): string | null {
  const bare = text.normalize('NFC');
  if (RGI.test(bare)) return bare;
  const full = `${bare}${VARIATION_SELECTOR_16}`;
  return RGI.test(full) ? full : null;
}
