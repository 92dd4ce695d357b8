import type { Conversation } from '../../wire/conversations.ts';
import { dateTime } from '../format.ts';
import { sentenceOf, useI18n } from '../i18n/index.ts';
import { Icon } from '../parts/icon.tsx';
import { useNotify } from '../parts/notice.tsx';
import { Select } from '../parts/select.tsx';
import { useSide } from '../side.ts';
import { useClient, useNow } from '../state.ts';

const HOUR_MS = 3_600_000;
const HOURS = [1, 8, 24, 168];
/** What lies further ahead has no end. */
const ENDLESS_MS = 10 * 365 * 24 * HOUR_MS;

type Membership = Conversation['membership'];
type Change = { notify?: Membership['notify']; muted?: boolean; mutedUntil?: number; pinned?: boolean; archived?: boolean };

/** What I hear of a conversation, and until when nothing; where it stands in my list; and the way to search in it. */
export function ConversationOptions({ conversation: { id, membership } }: { conversation: Conversation }) {
  const { t, locale } = useI18n();
  const client = useClient();
  const notify = useNotify();
  const side = useSide();
  const now = useNow();
  const { mutedUntil, pinned, archived } = membership;
  const muted = mutedUntil !== null && mutedUntil > now ? mutedUntil : null;
  const present = muted === null ? 'no' : muted > now + ENDLESS_MS ? 'always' : 'until';

  const change = (changed: Change): void =>
    void client.call('membership.update', { conversationId: id, ...changed }).catch((error: unknown) => notify(sentenceOf(t, error)));

  function mute(wanted: string): void {
    if (wanted === 'no') change({ muted: false });
    else if (wanted === 'always') change({ muted: true });
    else if (wanted !== 'until') change({ mutedUntil: Date.now() + Number(wanted) * HOUR_MS });
  }

  return (
    <section className="options" aria-label={t.options.title}>
      <Select
        label={t.options.notify}
        value={membership.notify}
        options={[
          ['all', t.options.all],
          ['mentions', t.options.mentions],
          ['none', t.options.none],
        ]}
        onChange={(wanted) => change({ notify: wanted })}
      />
      <Select
        label={t.options.mute}
        value={present}
        options={[
          ['no', t.options.unmuted],
          ...(muted !== null && present === 'until' ? [['until', t.options.until(dateTime(locale, muted))] as const] : []),
          ...HOURS.map((hours) => [String(hours), t.options.hours(hours)] as const),
          ['always', t.options.always],
        ]}
        onChange={mute}
      />
      <button
        type="button"
        className="button button-quiet button-wide button-with-icon"
        onClick={() => side.open({ kind: 'search', conversationId: id })}
      >
        <Icon name="search" />
        {t.options.search}
      </button>
      {!archived && (
        <button type="button" className="button button-quiet button-half button-with-icon" onClick={() => change({ pinned: !pinned })}>
          <Icon name={pinned ? 'unpin' : 'pin'} />
          {pinned ? t.list.unpin : t.list.pin}
        </button>
      )}
      <button type="button" className="button button-quiet button-half button-with-icon" onClick={() => change({ archived: !archived })}>
        <Icon name="archive" />
        {archived ? t.list.unarchive : t.list.archive}
      </button>
    </section>
  );
}
