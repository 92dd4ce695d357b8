import { createContext, use, useCallback, useEffect, useState, type ReactNode } from 'react';

type Notify = (text: string) => void;
type Note = { text: string; n: number };

const SHOWN_MS = 4_000;

const NoticeContext = createContext<Notify>(() => {});

/** Says in a line what came of something, for those who see and those who hear; it goes by itself. */
export const useNotify = (): Notify => use(NoticeContext);

export function Notices({ children }: { children: ReactNode }) {
  const [note, setNote] = useState<Note | null>(null);
  const notify = useCallback((text: string) => setNote((before) => ({ text, n: (before?.n ?? 0) + 1 })), []);
  useEffect(() => {
    if (!note) return;
    const timer = setTimeout(() => setNote(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [note]);
  return (
    <NoticeContext value={notify}>
      {children}
      <div role="status" className="notice-place">
        {note && (
          <p key={note.n} className="notice-line">
            {note.text}
          </p>
        )}
      </div>
    </NoticeContext>
  );
}
