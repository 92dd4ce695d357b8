import { EVERYBODY, type Ear, type OpenBus } from '../../src/realtime/bus.ts';

/** A bus between servers of one test. Each hears what it listens to, after the turn. */
export function createLocalExchange(): OpenBus {
  type Member = { ear: Ear; topics: Set<string> };
  const members = new Set<Member>();
  return async (ear) => {
    const self: Member = { ear, topics: new Set([EVERYBODY]) };
    members.add(self);
    return {
      hearsAll: false,
      get lonely() {
        return members.size < 2;
      },
      publish(topic, frame) {
        if (!members.has(self)) return;
        queueMicrotask(() => {
          for (const member of members) if (member !== self && member.topics.has(topic)) member.ear.frame(topic, JSON.parse(frame));
        });
      },
      listen: async (topics) => topics.forEach((topic) => self.topics.add(topic)),
      unlisten: (topics) => topics.forEach((topic) => self.topics.delete(topic)),
      close: async () => void members.delete(self),
    };
  };
}
