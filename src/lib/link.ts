const ADDRESS = /https?:\/\/[^\s<>"'`]+/gi;
const CODE = /```[\s\S]*?(?:```|$)|`[^`\n]*`/g;
/** A sentence's own punctuation after an address is not part of it, nor is the mark of an emphasis around it. */
const TRAILING = new Set('.,;:!?…)]}»”’*_~');

/** The first address of the web in a text. What stands there as code is not meant as a link. */
export function firstLink(text: string): string | null {
  for (const [found] of text.replace(CODE, ' ').matchAll(ADDRESS)) {
    // Counted from the end: looked for from the beginning, a long row of exclamation marks costs the square of its length.
    let end = found.length;
    while (TRAILING.has(found[end - 1] ?? '')) end--;
    const bare = found.slice(0, end);
    const address = found[end] === ')' && bare.includes('(') ? `${bare})` : bare;
    if (URL.canParse(address)) return address;
  }
  return null;
}
