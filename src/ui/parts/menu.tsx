import { useLayoutEffect, useRef, type KeyboardEvent, type ReactNode, type RefObject } from 'react';
import { Caps } from '../keys/caps.tsx';
import { ariaOf, type KeyName } from '../keys/table.ts';
import { Icon, type IconName } from './icon.tsx';
import { usePopover } from './popover.ts';

type Props = { label: string; anchor: RefObject<HTMLElement | null>; onClose(): void; children: ReactNode };

/**
 * A menu in the top layer, so that nothing cuts it off: beside its button, or along the lower edge of a narrow screen. Arrow
 * keys walk through it; Escape, Tab and a press elsewhere close it. The focus goes in and comes back to the button.
 */
export function Menu({ label, anchor, onClose, children }: Props) {
  const menu = useRef<HTMLDivElement>(null);
  usePopover(menu, anchor.current, onClose);
  useLayoutEffect(() => itemsOf(menu.current)[0]?.focus({ preventScroll: true }), []);

  return (
    <div ref={menu} popover="manual" role="menu" tabIndex={-1} aria-label={label} className="menu" onKeyDown={(event) => onKeyDown(event, onClose)}>
      {children}
    </div>
  );
}

type ItemProps = {
  icon: IconName;
  danger?: boolean;
  disabled?: boolean;
  /** Does the same where the menu is not open. */
  shortcut?: KeyName;
  onSelect(): void;
  children: ReactNode;
};

export function MenuItem({ icon, danger = false, disabled = false, shortcut, onSelect, children }: ItemProps) {
  return (
    <button
      type="button"
      role="menuitem"
      tabIndex={-1}
      className={danger ? 'menu-item menu-item-danger' : 'menu-item'}
      aria-disabled={disabled}
      aria-keyshortcuts={shortcut && ariaOf(shortcut)}
      onClick={() => !disabled && onSelect()}
    >
      <Icon name={icon} />
      {children}
      {shortcut && <Caps name={shortcut} />}
    </button>
  );
}

function onKeyDown(event: KeyboardEvent<HTMLElement>, close: () => void): void {
  const items = itemsOf(event.currentTarget);
  const now = items.findIndex((item) => item === document.activeElement);
  const steps: Record<string, number> = { ArrowDown: now + 1, ArrowUp: now - 1, ArrowRight: now + 1, ArrowLeft: now - 1, Home: 0, End: -1 };
  const target = steps[event.key];
  // What the menu understands is not for the messages or the panel beneath it.
  event.stopPropagation();
  if (target !== undefined) items.at(target % items.length)?.focus();
  else if (event.key === 'Escape' || event.key === 'Tab') close();
  else return;
  event.preventDefault();
}

function itemsOf(menu: HTMLElement | null): HTMLElement[] {
  return [...(menu?.querySelectorAll<HTMLElement>('[role="menuitem"]') ?? [])];
}
