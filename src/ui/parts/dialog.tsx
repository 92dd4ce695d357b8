import { useEffect, useRef, type ReactNode } from 'react';
import { useI18n } from '../i18n/index.ts';
import { focusBack } from './focus-back.ts';
import { Icon } from './icon.tsx';
import { touched } from './touch.ts';

type Props = {
  title: string;
  onClose(): void;
  /** Without a heading to see: what is in it says what it is. */
  bare?: boolean;
  children: ReactNode;
};

/** A modal dialog of the platform: it keeps the focus inside, closes with Escape and gives the focus back. */
export function Dialog({ title, onClose, bare = false, children }: Props) {
  const { t } = useI18n();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const giveBack = focusBack();
    const opened = dialog.current;
    opened?.showModal();
    if (!touched()) opened?.querySelector('input')?.focus();
    return () => {
      opened?.close();
      giveBack();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      className={bare ? 'dialog dialog-bare' : 'dialog'}
      aria-label={title}
      onCancel={onClose}
      onClick={(event) => event.target === dialog.current && onClose()}
      // What is typed here is not for the messages or the panel that it was opened from.
      onKeyDown={(event) => event.stopPropagation()}
    >
      <div className="dialog-body">
        {!bare && (
          <header className="dialog-header">
            <h2>{title}</h2>
            <button type="button" className="icon-button" aria-label={t.people.close} onClick={onClose}>
              <Icon name="close" />
            </button>
          </header>
        )}
        {children}
      </div>
    </dialog>
  );
}
