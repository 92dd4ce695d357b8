import { useEffect, useEffectEvent, useLayoutEffect, type RefObject } from 'react';
import { NARROW } from '../narrow.ts';

/** Between the popover and its button, and between the popover and the edge of the window. */
const GAP_PX = 6;

/**
 * Shows it in the top layer, so that nothing cuts it off: beside its button, or along the lower edge of a narrow screen. A press
 * elsewhere closes it. The focus comes back to the button when it was inside.
 */
export function usePopover(popover: RefObject<HTMLElement | null>, button: HTMLElement | null, onClose: () => void): void {
  const close = useEffectEvent(onClose);
  useLayoutEffect(() => {
    const opened = popover.current;
    opened?.showPopover();
    if (opened && button) place(opened, button.getBoundingClientRect());
    return () => {
      const inside = opened?.contains(document.activeElement);
      opened?.hidePopover();
      if (inside) button?.focus({ preventScroll: true });
    };
  }, [popover, button]);
  useEffect(() => {
    const pressed = (event: Event): void => {
      const outside = event.target instanceof Node && !popover.current?.contains(event.target) && !button?.contains(event.target);
      if (outside) close();
    };
    // Along the lower edge it stays where it is, also when a keyboard slides in.
    const resized = (): void => {
      if (!matchMedia(NARROW).matches) close();
    };
    document.addEventListener('pointerdown', pressed, true);
    addEventListener('resize', resized);
    return () => {
      document.removeEventListener('pointerdown', pressed, true);
      removeEventListener('resize', resized);
    };
  }, [popover, button]);
}

/** Below the button where there is room, else above it, and never over the edge. A narrow screen has it by its style. */
function place(popover: HTMLElement, button: DOMRect): void {
  const { offsetWidth: width, offsetHeight: height } = popover;
  const below = button.bottom + GAP_PX;
  const top = below + height + GAP_PX <= innerHeight ? below : button.top - GAP_PX - height;
  const left = getComputedStyle(popover).direction === 'rtl' ? button.left : button.right - width;
  popover.style.setProperty('--menu-top', `${Math.max(GAP_PX, Math.min(top, innerHeight - height - GAP_PX))}px`);
  popover.style.setProperty('--menu-left', `${Math.max(GAP_PX, Math.min(left, innerWidth - width - GAP_PX))}px`);
}
