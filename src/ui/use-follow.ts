import type { MouseEvent } from 'react';
import { navigate } from './route.ts';
import { useSide } from './side.ts';
import { NARROW } from './narrow.ts';

/** For a link: it opens in another tab as well; an ordinary click stays on the page. What covers the conversation goes. */
export function useFollow(path: string, before?: () => void): (event: MouseEvent) => void {
  const { close } = useSide();
  return (event) => {
    before?.();
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    navigate(path);
    if (matchMedia(NARROW).matches) close();
  };
}
