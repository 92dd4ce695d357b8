import { createContext, use, useCallback, useEffect, useRef, useState, type ReactNode } from 'react';
import { useI18n } from '../i18n/index.ts';
import { PanelState } from '../parts/panel-state.tsx';
import { usePopover } from '../parts/popover.ts';
import { useLoaded } from '../use-loaded.ts';
import { rememberEmoji } from './kept.ts';

type Asked = { anchor: HTMLElement; onPick(emoji: string): void };
type PickEmoji = (anchor: HTMLElement | null, onPick: (emoji: string) => void) => void;

const PickingContext = createContext<PickEmoji>(() => {});

/** Opens the emoji picker beside the anchor. It closes with the choice, and gives the focus back before `onPick` is called. */
export const usePickEmoji = (): PickEmoji => use(PickingContext);

/**
 * There is one picker, above everything: in a message it would vanish with the message when the list moves, and its keys
 * would be those of the form or the list that it stands in.
 */
export function EmojiPicking({ children }: { children: ReactNode }) {
  const [asked, setAsked] = useState<Asked | null>(null);
  const pick = useCallback<PickEmoji>((anchor, onPick) => anchor && setAsked({ anchor, onPick }), []);
  return (
    <PickingContext value={pick}>
      {children}
      {asked && <Popover asked={asked} onClose={() => setAsked(null)} />}
    </PickingContext>
  );
}

function Popover({ asked: { anchor, onPick }, onClose }: { asked: Asked; onClose(): void }) {
  const { t } = useI18n();
  const popover = useRef<HTMLDivElement>(null);
  usePopover(popover, anchor, onClose);
  useEffect(() => popover.current?.focus(), []);
  const { value, error, retry } = useLoaded(async () => {
    const { Picker, loadEmoji } = await import('./picker.tsx');
    return { Picker, data: await loadEmoji(t.language) };
  });

  function picked(emoji: string): void {
    rememberEmoji(emoji);
    onClose();
    // The focus is back where it was before the next thing takes it.
    queueMicrotask(() => onPick(emoji));
  }

  return (
    <div
      ref={popover}
      popover="manual"
      role="dialog"
      tabIndex={-1}
      aria-label={t.emoji.title}
      className="menu emoji-popover"
      onBlur={({ currentTarget, relatedTarget }) => relatedTarget && !currentTarget.contains(relatedTarget) && onClose()}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        onClose();
      }}
    >
      {value ? <value.Picker data={value.data} onPick={picked} /> : <PanelState loading error={error} empty="" onRetry={retry} />}
    </div>
  );
}
