const ADDRESS = /https?:\/\/[^\s<>"'`]+/gi;
const CODE = /```[\s\S]*?(?:```|$)|`[^`\n]*`/g;
/** A sentence's own punctuation after an address is not part of it; before the parser has read the marks, that of an emphasis around it is neither. */
const PUNCTUATION = new Set('.,;:!?…)]}»”’');
const MARKED = new Set([...PUNCTUATION, ...'*_~']);

/** The first address of the web in a text. What stands there as code is not meant as a link. */
export function firstLink(text: string): string | null {
  for (const [found] of text.replace(CODE, ' ').matchAll(ADDRESS)) {
    const address = trim(found, MARKED);
    if (URL.canParse(address)) return address;
  }
  return null;
}

export type LinkPiece = { text: string; href: string | null };

/** The text with its addresses apart. A bracket that an address opened is part of it. */
export function splitLinks(text: string): LinkPiece[] {
  const pieces: LinkPiece[] = [];
  let from = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = trim(match[0], PUNCTUATION);
    if (!URL.canParse(address)) continue;
    if (match.index > from) pieces.push({ text: text.slice(from, match.index), href: null });
    pieces.push({ text: address, href: address });
    from = match.index + address.length;
  }
  if (from < text.length) pieces.push({ text: text.slice(from), href: null });
  return pieces;
}

/** The address with which the text begins. */
export function addressAt(text: string): string | null {
  const found = /^https?:\/\/[^\s<>"'`]+/i.exec(text);
  const address = found ? trim(found[0], PUNCTUATION) : '';
  return URL.canParse(address) ? address : null;
}

/** Counted from the end: looked for from the beginning, a long row of exclamation marks costs the square of its length. */
function trim(found: string, trailing: ReadonlySet<string>): string {
  let end = found.length;
  while (trailing.has(found[end - 1] ?? '')) end--;
  const bare = found.slice(0, end);
  return found[end] === ')' && bare.includes('(') ? `${bare})` : bare;
}
