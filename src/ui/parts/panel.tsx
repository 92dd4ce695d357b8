import { useEffect, useRef, type ReactNode } from 'react';
import { useI18n } from '../i18n/index.ts';
import { focusBack } from './focus-back.ts';
import { Icon } from './icon.tsx';

type Props = {
  title: string;
  /** Smaller, below the title. */
  note?: ReactNode;
  onClose(): void;
  /** Over the list of conversations instead of beside the chat. */
  side?: boolean;
  /** Buttons before the one that closes. */
  actions?: ReactNode;
  /** Where the panel came from, when that was another panel. */
  onBack?: (() => void) | undefined;
  children: ReactNode;
};

/** Stands beside the chat, or over it where there is no room. It takes the focus, and gives it back when it goes. */
export function Panel({ title, note, side = false, actions, onClose, onBack, children }: Props) {
  const { t } = useI18n();
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    const giveBack = focusBack();
    const opened = panel.current;
    // Something in it may have taken the focus already.
    if (!opened?.contains(document.activeElement)) opened?.focus();
    return () => {
      if (!document.activeElement || document.activeElement === document.body || opened?.contains(document.activeElement)) giveBack();
    };
  }, []);
  return (
    <aside
      ref={panel}
      className={side ? 'panel panel-side' : 'panel'}
      aria-label={title}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        // It was meant for the panel, and marks nothing as read.
        event.preventDefault();
        onClose();
      }}
    >
      <header className="panel-header">
        {onBack && (
          <button type="button" className="icon-button" aria-label={t.panel.back} onClick={onBack}>
            <Icon name="back" />
          </button>
        )}
        <div className="panel-heading">
          <h2>{title}</h2>
          {note !== undefined && <p>{note}</p>}
        </div>
        {actions}
        <button type="button" className="icon-button" aria-label={t.people.close} onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      {children}
    </aside>
  );
}
