import { useCallback, useEffect, useMemo, useRef, useState, type Ref } from 'react';
import type { Timeline as TimelineState } from '../../client/index.ts';
import { useTimeline } from '../../client/react/index.ts';
import type { Conversation } from '../../wire/conversations.ts';
import { sentenceOf, useI18n } from '../i18n/index.ts';
import { NARROW } from '../narrow.ts';
import { FailedView } from '../parts/failure.tsx';
import { later } from '../parts/later.tsx';
import { Panel } from '../parts/panel.tsx';
import { Skeleton } from '../parts/skeleton.tsx';
import { navigate } from '../route.ts';
import { useChat, useClient } from '../state.ts';
import { Announcer } from './announcer.tsx';
import { ChatHeader } from './chat-header.tsx';
import { Composer } from './composer.tsx';
import type { OpenPanel } from './panels.tsx';
import { PinBar } from './pin-bar.tsx';
import { PlaceContext, useComposing, type Place } from './place.ts';
import { Timeline } from './timeline.tsx';
import { TypingLine } from './typing-line.tsx';
import type { Focus } from './use-focus.ts';
import { useAddressed, useJump, useShow } from './use-jump.ts';

const PanelHost = later(Panel, async () => (await import('./panels.tsx')).PanelHost);

/** One conversation. Mounted anew for each. */
export function Chat({ conversationId }: { conversationId: string }) {
  const conversation = useChat((state) => state.conversations.get(conversationId));
  const synced = useChat((state) => state.synced);
  if (conversation) return <OpenChat conversation={conversation} />;
  return synced ? <NotFound /> : <Skeleton of="talk" />;
}

/** The conversation, and beside it at most one panel. */
function OpenChat({ conversation }: { conversation: Conversation }) {
  const { id } = conversation;
  const client = useClient();
  const messages = useRef<Pick<Focus, 'show'>>(null);
  const [panel, setPanel] = useState<OpenPanel | null>(null);
  const composing = useComposing(id, null);
  const { reply, edit } = composing;
  const timeline = useChat((state) => state.timelines.get(id));

  const openThread = useCallback((threadId: string) => setPanel({ kind: 'thread', threadId, from: null }), []);
  const openProfile = useCallback((userId: string) => setPanel({ kind: 'profile', userId, from: null }), []);
  const toggle = (wanted: OpenPanel): void => setPanel(panel?.kind === wanted.kind ? null : wanted);
  const jump = useJump(id, messages);

  /** A panel that covers the conversation makes room for what is to be seen in it. */
  const jumpFromPanel = useCallback(
    (seq: number): void => {
      if (!matchMedia(NARROW).matches) return jump(seq);
      setPanel(null);
      // First it finds its own place again.
      requestAnimationFrame(() => requestAnimationFrame(() => jump(seq)));
    },
    [jump],
  );
  const openThreadAt = useCallback((threadId: string, at: number) => setPanel({ kind: 'thread', threadId, from: null, at }), []);
  const find = useShow(id, jumpFromPanel, openThreadAt);
  useAddressed(id, find);
  const show = useCallback<Place['show']>(
    (quoted) => {
      // Where a panel covers the conversation, what stands there is not on the screen.
      if (matchMedia(NARROW).matches || !messages.current?.show(quoted.seq)) find(quoted.id);
    },
    [find],
  );
  const place = useMemo(
    () => ({ conversationId: id, threadId: null, reply, edit, openThread, openProfile, show }),
    [id, reply, edit, openThread, openProfile, show],
  );
  // Who comes back begins with the newest.
  useEffect(() => () => client.leavePast(id), [client, id]);

  return (
    <PlaceContext value={place}>
      <div className={panel ? 'chat chat-with-panel' : 'chat'}>
        <div className="chat-column">
          <ChatHeader conversation={conversation} panel={panel?.kind ?? null} onToggle={toggle} />
          <PinBar conversation={conversation} onJump={jump} onList={() => setPanel({ kind: 'pins' })} />
          <History conversation={conversation} handle={messages} />
          <TypingLine conversation={conversation} />
          <Composer conversation={conversation} composing={composing} />
          <Announcer timeline={timeline} />
        </div>
        {panel && <PanelHost panel={panel} conversation={conversation} onOpen={setPanel} onJump={jumpFromPanel} onClose={() => setPanel(null)} />}
      </div>
    </PlaceContext>
  );
}

function History({ conversation, handle }: { conversation: Conversation; handle: Ref<Pick<Focus, 'show'>> }) {
  const { t } = useI18n();
  const { timeline, error, retry } = useTimeline(conversation.id);
  const waits = useChat((state) => state.outbox.has(conversation.id));
  if (timeline?.status === 'ready') return <Timeline conversation={conversation} timeline={timeline} handle={handle} />;
  const missing =
    error === null ? <Skeleton of="talk" /> : <FailedView title={t.chat.failedToLoad} sentence={sentenceOf(t, error)} onRetry={retry} />;
  // What the person wrote is there, whatever else is not.
  return waits ? <Timeline conversation={conversation} timeline={nothingYet} handle={handle} missing={missing} /> : missing;
}

const nothingYet: TimelineState = { status: 'loading', messages: [], hasOlder: false, hasNewer: false };

function NotFound() {
  const { t } = useI18n();
  return (
    <div className="blank">
      <h2>{t.chat.notFound}</h2>
      <button type="button" className="button" onClick={() => navigate('/')}>
        {t.chat.back}
      </button>
    </div>
  );
}
