// Unicode's own list: emoji "recommended for general interchange" (UTS #51), sequences included.
const RGI = /^\p{RGI_Emoji}$/v;
const VARIATION_SELECTOR_16 = '\ufe0f';

/**
 * One emoji in its full form, or null. Keyboards and lists of emoji differ in whether they send the selector that asks for the
 * coloured form, where it is needed (❤ and ❤️) and where it is not (👍 with one): without this the two would be counted apart.
 */
export function normaliseEmoji(text: string): string | null {
  const given = text.normalize('NFC');
  const forms = [given, `${given}${VARIATION_SELECTOR_16}`, given.replaceAll(VARIATION_SELECTOR_16, '')];
  return forms.find((form) => RGI.test(form)) ?? null;
}
