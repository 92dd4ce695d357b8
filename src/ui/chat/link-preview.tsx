import { useState } from 'react';
import type { LinkPreview } from '../../wire/messages.ts';

/** What the page of the first link says about itself. It may call itself anything, so the host that it is on stands with it. */
export function LinkCard({ preview: { url, title, description, siteName, imageUrl } }: { preview: LinkPreview }) {
  const host = hostOf(url);
  const [missing, setMissing] = useState<string | null>(null);
  return (
    <a className="link-card" href={url} target="_blank" rel="noopener noreferrer nofollow ugc">
      {imageUrl !== null && imageUrl !== missing && (
        <img className="link-picture" src={imageUrl} alt="" loading="lazy" decoding="async" onError={() => setMissing(imageUrl)} />
      )}
      <span className="link-site">
        {siteName && siteName.toLowerCase() !== host && (
          <>
            <bdi>{siteName}</bdi> ·{' '}
          </>
        )}
        <bdi>{host}</bdi>
      </span>
      <bdi className="link-title">{title}</bdi>
      {description && <bdi className="link-description">{description}</bdi>}
    </a>
  );
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host.replace(/^www\./, '') : '';
}
