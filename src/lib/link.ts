const ADDRESS = /https?:\/\/[^\s<>"'`]+/gi;
const CODE = /```[\s\S]*?(?:```|$)|`[^`\n]*`/g;
/** A sentence's own punctuation after an address is not part of it, nor is the mark of an emphasis around it. */
const TRAILING = /[.,;:!?…)\]}»”’*_~]+$/u;

/** The first address of the web in a text. What stands there as code is not meant as a link. */
export function firstLink(text: string): string | null {
  for (const [found] of text.replace(CODE, ' ').matchAll(ADDRESS)) {
    const trailing = TRAILING.exec(found)?.[0] ?? '';
    const bare = found.slice(0, found.length - trailing.length);
    const address = trailing.startsWith(')') && bare.includes('(') ? `${bare})` : bare;
    if (URL.canParse(address)) return address;
  }
  return null;
}
