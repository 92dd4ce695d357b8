import type { ReplyFrame } from '../wire/frames.ts';
import type { Session } from './session.ts';

/**
 * Answers that are ready in the same moment reach each socket in one write, with the events that wait there. A group commit answers
 * hundreds of sends at once, and a write of its own for each would cost more than the sends.
 *
 * Guarantee: the answers of a socket keep their order; nothing waits longer than the microtasks that are already queued.
 */
export function createReplies(): (session: Session, reply: ReplyFrame) => void {
  let waiting = new Map<Session, ReplyFrame[]>();

  function flush(): void {
    const taken = waiting;
    waiting = new Map();
    for (const [session, replies] of taken) if (!session.closing) write(session, replies);
  }

  return (session, reply) => {
    if (waiting.size === 0) queueMicrotask(flush);
    const replies = waiting.get(session);
    if (replies) replies.push(reply);
    else waiting.set(session, [reply]);
  };
}

function write({ socket }: Session, replies: readonly ReplyFrame[]): void {
  socket?.cork(() => {
    for (const reply of replies) socket.sendText(JSON.stringify(reply));
  });
}
