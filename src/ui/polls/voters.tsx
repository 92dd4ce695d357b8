import { useMembers, type PollShown } from '../../client/react/index.ts';
import type { Member } from '../../wire/members.ts';
import type { Message } from '../../wire/messages.ts';
import { useI18n } from '../i18n/index.ts';
import { Avatar } from '../parts/avatar.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { useChat } from '../state.ts';

type Props = { message: Message; poll: PollShown; onClose(): void };

/** Who chose what, option by option. */
export function Voters({ message, poll, onClose }: Props) {
  const { t } = useI18n();
  const { members } = useMembers(message.conversationId);
  return (
    <Dialog title={t.poll.whoTitle} onClose={onClose}>
      <div className="who">
        <p className="poll-question" dir="auto">
          {message.content}
        </p>
        {poll.options.map(({ id, text, votes, userIds = [] }) => (
          <section key={id}>
            <h3>
              <bdi>{text}</bdi> <span>{t.poll.votes(votes)}</span>
            </h3>
            <ul>
              {userIds.map((userId) => (
                <Voter key={userId} userId={userId} members={members} />
              ))}
            </ul>
            {votes > userIds.length && <p className="poll-about">{t.poll.others(votes - userIds.length)}</p>}
          </section>
        ))}
      </div>
    </Dialog>
  );
}

/** Whoever has left since is known by their vote alone. */
function Voter({ userId, members }: { userId: string; members: readonly Member[] | undefined }) {
  const { t } = useI18n();
  const me = useChat((state) => state.me);
  const user = userId === me?.id ? me : members?.find((member) => member.userId === userId)?.user;
  const name = user?.name ?? (members ? t.poll.gone : '…');
  return (
    <li>
      <Avatar id={userId} name={name} url={user?.avatarUrl ?? null} size="small" />
      <bdi>{userId === me?.id ? t.chat.you : name}</bdi>
    </li>
  );
}
