import type { Conversation } from '../../wire/conversations.ts';
import { Members } from '../people/members.tsx';
import { Profile } from '../people/profile.tsx';
import { Thread } from '../threads/thread.tsx';
import { ThreadList } from '../threads/thread-list.tsx';
import { Pins } from './pins.tsx';

/** What stands beside the chat: one thing at a time. `from` is the panel that it was opened from. */
export type OpenPanel =
  | { kind: 'members' }
  | { kind: 'threads' }
  | { kind: 'pins' }
  | { kind: 'thread'; threadId: string; from: 'threads' | null; at?: number }
  | { kind: 'profile'; userId: string; from: 'members' | null };
export type PanelKind = OpenPanel['kind'];

type Props = { panel: OpenPanel; conversation: Conversation; onOpen(panel: OpenPanel): void; onJump(seq: number): void; onClose(): void };

export function PanelHost({ panel, conversation, onOpen, onJump, onClose }: Props) {
  switch (panel.kind) {
    case 'members':
      return <Members conversation={conversation} onProfile={(userId) => onOpen({ kind: 'profile', userId, from: 'members' })} onClose={onClose} />;
    case 'profile':
      return (
        <Profile
          key={panel.userId}
          userId={panel.userId}
          conversation={conversation}
          onBack={panel.from === 'members' ? () => onOpen({ kind: 'members' }) : undefined}
          onClose={onClose}
        />
      );
    case 'pins':
      return <Pins conversation={conversation} onJump={onJump} onClose={onClose} />;
    case 'threads':
      return (
        <ThreadList conversation={conversation} onOpen={(threadId) => onOpen({ kind: 'thread', threadId, from: 'threads' })} onClose={onClose} />
      );
    case 'thread':
      return (
        <Thread
          key={`${panel.threadId} ${panel.at}`}
          conversation={conversation}
          threadId={panel.threadId}
          at={panel.at}
          onBack={panel.from === 'threads' ? () => onOpen({ kind: 'threads' }) : undefined}
          onClose={onClose}
        />
      );
  }
}
