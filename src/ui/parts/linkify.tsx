import { Fragment, type ReactNode } from 'react';

const ADDRESS = /https?:\/\/[^\s<>"'`]+/gi;
const TRAILING = new Set('.,;:!?…)]}»”’');

/** The text as it is, with its addresses as links; `plain` shows what is between them. Nothing in it is ever taken for HTML. */
export function Linkified({ text, plain }: { text: string; plain(text: string): ReactNode }) {
  return split(text).map((piece, i) =>
    piece.href === null ? (
      <Fragment key={i}>{plain(piece.text)}</Fragment>
    ) : (
      <a key={i} href={piece.href} target="_blank" rel="noopener noreferrer nofollow ugc">
        {piece.text}
      </a>
    ),
  );
}

export type Piece = { text: string; href: string | null };

/** A sentence's own punctuation after an address is not part of it; a bracket that the address opened is. */
export function split(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = trim(match[0]);
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
  const address = found ? trim(found[0]) : '';
  return URL.canParse(address) ? address : null;
}

function trim(found: string): string {
  let end = found.length;
  while (TRAILING.has(found[end - 1] ?? '')) end--;
  const bare = found.slice(0, end);
  return found[end] === ')' && bare.includes('(') ? `${bare})` : bare;
}
