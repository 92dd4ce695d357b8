import { useEffect, useEffectEvent, useLayoutEffect, useRef, type KeyboardEvent, type ReactNode, type RefObject } from 'react';
import { Icon, type IconName } from './icon.tsx';

type Props = { label: string; anchor: RefObject<HTMLElement | null>; onClose(): void; children: ReactNode };

/** Between the menu and its button, and between the menu and the edge of the window. */
const GAP_PX = 6;

/**
 * A menu in the top layer, so that nothing cuts it off: beside its button, or along the lower edge of a narrow screen. Arrow
 * keys walk through it; Escape, Tab and a press elsewhere close it. The focus goes in and comes back to the button.
 */
export function Menu({ label, anchor, onClose, children }: Props) {
  const menu = useRef<HTMLDivElement>(null);
  const close = useEffectEvent(onClose);

  useLayoutEffect(() => {
    const opened = menu.current;
    const button = anchor.current;
    opened?.showPopover();
    if (opened && button) place(opened, button.getBoundingClientRect());
    itemsOf(opened)[0]?.focus({ preventScroll: true });
    return () => {
      const inside = opened?.contains(document.activeElement);
      opened?.hidePopover();
      if (inside) button?.focus({ preventScroll: true });
    };
  }, [anchor]);
  useEffect(() => {
    const pressed = (event: Event): void => {
      const outside = event.target instanceof Node && !menu.current?.contains(event.target) && !anchor.current?.contains(event.target);
      if (outside) close();
    };
    const moved = (): void => close();
    document.addEventListener('pointerdown', pressed, true);
    addEventListener('resize', moved);
    return () => {
      document.removeEventListener('pointerdown', pressed, true);
      removeEventListener('resize', moved);
    };
  }, [anchor]);

  return (
    <div ref={menu} popover="manual" role="menu" tabIndex={-1} aria-label={label} className="menu" onKeyDown={(event) => onKeyDown(event, onClose)}>
      {children}
    </div>
  );
}

type ItemProps = { icon: IconName; danger?: boolean; disabled?: boolean; onSelect(): void; children: ReactNode };

export function MenuItem({ icon, danger = false, disabled = false, onSelect, children }: ItemProps) {
  return (
    <button
      type="button"
      role="menuitem"
      tabIndex={-1}
      className={danger ? 'menu-item menu-item-danger' : 'menu-item'}
      aria-disabled={disabled}
      onClick={() => !disabled && onSelect()}
    >
      <Icon name={icon} />
      {children}
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

/** Below the button where there is room, else above it, and never over the edge. A narrow screen has it by its style. */
function place(menu: HTMLElement, button: DOMRect): void {
  const { offsetWidth: width, offsetHeight: height } = menu;
  const below = button.bottom + GAP_PX;
  const top = below + height + GAP_PX <= innerHeight ? below : button.top - GAP_PX - height;
  const left = getComputedStyle(menu).direction === 'rtl' ? button.left : button.right - width;
  menu.style.setProperty('--menu-top', `${Math.max(GAP_PX, Math.min(top, innerHeight - height - GAP_PX))}px`);
  menu.style.setProperty('--menu-left', `${Math.max(GAP_PX, Math.min(left, innerWidth - width - GAP_PX))}px`);
}
