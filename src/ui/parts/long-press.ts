import { useEffect, useRef, type MouseEvent, type PointerEvent } from 'react';

const REST_MS = 500;
/** A finger is never quite still. */
const MOVED_PX = 10;

type Press = { timer: ReturnType<typeof setTimeout>; x: number; y: number };

/**
 * What a finger that rests opens. `contextmenu` would tell of it, but iOS sends none. Who moves, scrolls or comes with a second finger means
 * something else. Of what is `left` out, such as links in a text, the browser has a menu of its own. Spread the answer on the element, which has
 * the class `pressable`: a text that can be pressed is not selected by that.
 */
export function useLongPress(open: () => void, left?: string) {
  const press = useRef<Press | null>(null);
  const opened = useRef(false);

  function stop(): void {
    clearTimeout(press.current?.timer);
    press.current = null;
  }
  useEffect(() => stop, []);

  return {
    onPointerDown({ pointerType, isPrimary, clientX, clientY, target }: PointerEvent): void {
      stop();
      opened.current = false;
      if (pointerType !== 'touch' || !isPrimary || (left !== undefined && target instanceof Element && target.closest(left))) return;
      const timer = setTimeout(() => {
        stop();
        opened.current = true;
        open();
      }, REST_MS);
      press.current = { timer, x: clientX, y: clientY };
    },
    onPointerMove({ clientX, clientY }: PointerEvent): void {
      if (press.current && Math.hypot(clientX - press.current.x, clientY - press.current.y) > MOVED_PX) stop();
    },
    onPointerUp: stop,
    /** The browser took the finger for itself: it scrolls. */
    onPointerCancel: stop,
    /** When the finger leaves: what a short press does, such as following a link, is not meant. */
    onClickCapture(event: MouseEvent): void {
      if (!opened.current) return;
      opened.current = false;
      event.preventDefault();
      event.stopPropagation();
    },
  };
}
