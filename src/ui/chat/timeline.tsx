import { useCallback, useMemo, type ReactNode, type Ref } from 'react';
import type { Timeline as TimelineState } from '../../client/index.ts';
import type { Conversation } from '../../wire/conversations.ts';
import { titleOf } from '../conversation.ts';
import { useI18n } from '../i18n/index.ts';
import { useChat, useClient } from '../state.ts';
import { MessageScroller } from './message-scroller.tsx';
import { standsIn } from './stands-in.ts';
import type { Focus } from './use-focus.ts';
import { MentionedContext, useMentionedNames } from './use-mentions.ts';
import { useUnreadFrom } from './use-reading.ts';

const noPending: never[] = [];

type Props = {
  conversation: Conversation;
  timeline: TimelineState;
  handle: Ref<Pick<Focus, 'show'>>;
  /** In place of stored messages that are not here. */
  missing?: ReactNode;
};

/** What stands in the conversation. */
export function Timeline({ conversation, timeline, handle, missing }: Props) {
  const { t } = useI18n();
  const client = useClient();
  const { id, membership, lastSeq } = conversation;
  const waiting = useChat((state) => state.outbox.get(id) ?? noPending);
  const pending = useMemo(() => waiting.filter(standsIn(null)), [waiting]);
  const myId = useChat((state) => state.me?.id);
  const names = useMentionedNames(conversation, timeline.messages, pending);
  const readSeq = useUnreadFrom(conversation);
  const loadOlder = useCallback(() => client.loadOlder(id), [client, id]);
  const { hasNewer } = timeline;
  const past = useMemo(
    () => (hasNewer ? { loadNewer: () => client.loadNewer(id), leave: () => client.leavePast(id) } : null),
    [client, id, hasNewer],
  );
  const here = timeline.messages.filter(({ seq, sender }) => seq > membership.readSeq && sender.id !== myId).length;
  const unread = hasNewer ? membership.unread : here;

  /** What came after the newest one here hangs in threads: it counts, but does not stand in the conversation. */
  function seen(seq: number, newest: boolean): void {
    const upTo = newest && !hasNewer ? lastSeq : seq;
    if (upTo > membership.readSeq) client.markRead(id, upTo);
  }

  return (
    <MentionedContext value={names}>
      <MessageScroller
        label={t.chat.messages}
        timeline={timeline}
        pending={hasNewer ? noPending : pending}
        readSeq={readSeq}
        unread={unread}
        withNames={conversation.kind !== 'direct'}
        loadOlder={loadOlder}
        past={past}
        onSeen={membership.unread > 0 ? seen : null}
        handle={handle}
        beginning={missing ?? <Beginning conversation={conversation} empty={timeline.messages.length === 0} />}
      />
    </MentionedContext>
  );
}

function Beginning({ conversation, empty }: { conversation: Conversation; empty: boolean }) {
  const { t } = useI18n();
  if (!empty) return <p className="beginning">{t.chat.beginning}</p>;
  return (
    <div className="blank">
      <p>{conversation.kind === 'direct' ? t.chat.emptyDirect(titleOf(t, conversation)) : t.chat.emptyGroup}</p>
    </div>
  );
}
