import { Fragment, type ReactNode } from 'react';
import { splitLinks } from '../../lib/link.ts';

/** The text as it is, with its addresses as links; `plain` shows what is between them. Nothing in it is ever taken for HTML. */
export function Linkified({ text, plain }: { text: string; plain(text: string): ReactNode }) {
  return splitLinks(text).map((piece, i) =>
    piece.href === null ? (
      <Fragment key={i}>{plain(piece.text)}</Fragment>
    ) : (
      <a key={i} href={piece.href} target="_blank" rel="noopener noreferrer nofollow ugc">
        {piece.text}
      </a>
    ),
  );
}
