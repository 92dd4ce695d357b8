import { createContext, use, useCallback, useMemo, useState, type ReactNode } from 'react';
import { Dialog } from './parts/dialog.tsx';
import { later } from './parts/later.tsx';
import { useChat } from './state.ts';

const all = () => import('./dialogs-all.ts');
const KeyHelp = later(Dialog, async () => (await all()).KeyHelp);
const NewConversation = later(Dialog, async () => (await all()).NewConversation);
const OwnProfile = later(Dialog, async () => (await all()).OwnProfile);
const Palette = later(Dialog, async () => (await all()).Palette);
const Preferences = later(Dialog, async () => (await all()).Preferences);

export type DialogName = 'new' | 'profile' | 'preferences' | 'palette' | 'keys';
type Dialogs = { open(name: DialogName): void };

const DialogsContext = createContext<Dialogs>({ open() {} });

/** Dialogs that are opened from several places: from a button, by a shortcut, out of the palette. */
export const useDialogs = (): Dialogs => use(DialogsContext);

/** Those whom the dialogs need must stand above: the side and the notices. */
export function DialogHost({ children }: { children: ReactNode }) {
  const me = useChat((state) => state.me);
  const [shown, setShown] = useState<DialogName | null>(null);
  const close = useCallback(() => setShown(null), []);
  const dialogs = useMemo(() => ({ open: setShown }), []);
  return (
    <DialogsContext value={dialogs}>
      {children}
      {shown === 'new' && <NewConversation onClose={close} />}
      {shown === 'profile' && me && <OwnProfile me={me} onClose={close} />}
      {shown === 'preferences' && <Preferences onClose={close} />}
      {shown === 'palette' && <Palette onClose={close} />}
      {shown === 'keys' && <KeyHelp onClose={close} />}
    </DialogsContext>
  );
}
