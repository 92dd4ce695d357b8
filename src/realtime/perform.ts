import { topics, type Effect } from '../kernel/effects.ts';
import type { PresencePort, TypingPort } from '../kernel/ports.ts';
import type { Ears } from './ears.ts';
import type { Hub } from './hub.ts';
import type { Session } from './session.ts';

type Options = {
  hub: Hub;
  typing: TypingPort;
  presence: PresencePort;
  ears: Ears;
  /** Nothing cached about this person is believed any longer. */
  forget(userId: string): void;
  /** The same for a person or a key, and their open sockets are looked up again now. */
  recheck(id: string): void;
  /** What these sockets hear, and who they are, is looked up again. */
  renew(sessions: Iterable<Session>): void;
};

/** Carries out what a committed command asked for, in order. Jobs are in the outbox already. */
export function createPerform({ hub, ears, typing, presence, forget, recheck, renew }: Options): (effects: readonly Effect[]) => void {
  return (effects) => {
    for (const effect of effects) {
      switch (effect.do) {
        case 'publish':
          hub.publish(effect.topic, effect.event);
          break;
        case 'subscribe':
          hub.subscribe(effect.userId, effect.topic);
          if (hub.countOf(effect.userId) > 0) ears.joined(effect.topic, effect.userId);
          break;
        case 'unsubscribe':
          typing.stop(effect.topic, effect.userId);
          hub.unsubscribe(effect.userId, effect.topic);
          break;
        case 'forget':
          forget(effect.userId);
          hub.forget(effect.userId);
          break;
        case 'recheck':
          recheck(effect.id);
          break;
        case 'part':
          renew([...hub.of(effect.userId), ...hub.hearing(topics.presence(effect.userId))]);
          break;
        case 'hide':
          presence.hide(effect.userId, effect.hidden);
          break;
        case 'job':
          break;
      }
    }
  };
}
