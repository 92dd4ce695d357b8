import type { ReactNode } from 'react';
import { Icon } from '../parts/icon.tsx';

/** What the text is about, above the line, and a way out. */
export function About({ title, cancel, onCancel, children }: { title: string; cancel: string; onCancel(): void; children: ReactNode }) {
  return (
    <div className="replying">
      <div className="quote">
        <span className="quote-name">
          <bdi>{title}</bdi>
        </span>
        <span className="quote-text">
          <bdi>{children}</bdi>
        </span>
      </div>
      <button type="button" className="icon-button" aria-label={cancel} onClick={onCancel}>
        <Icon name="close" />
      </button>
    </div>
  );
}
