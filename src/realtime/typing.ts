import type { Clock, Timer } from '../lib/clock.ts';
import type { TypingPort } from '../kernel/ports.ts';
import type { Event } from '../wire/events.ts';

type Entry = { timer: Timer; connectionId: string | null; event(typing: boolean): Event };

/** Told once when it starts and once when it ends, whatever ends it: time, a stop, a send, the connection. */
export function createTyping(
  clock: Clock,
  ttlMs: number,
  publish: (topic: string, event: Event) => void,
): TypingPort & { connectionClosed(id: string): void } {
  const entries = new Map<string, Map<string, Entry>>();

  function end(topic: string, userId: string): void {
    const inTopic = entries.get(topic);
    const entry = inTopic?.get(userId);
    if (!inTopic || !entry) return;
    entry.timer.cancel();
    inTopic.delete(userId);
    if (inTopic.size === 0) entries.delete(topic);
    publish(topic, entry.event(false));
  }

  return {
    start(topic, userId, connectionId, event) {
      const inTopic = entries.get(topic) ?? new Map<string, Entry>();
      const running = inTopic.get(userId);
      running?.timer.cancel();
      entries.set(topic, inTopic.set(userId, { timer: clock.after(ttlMs, () => end(topic, userId)), connectionId, event }));
      if (!running) publish(topic, event(true));
    },
    stop: end,
    connectionClosed(id) {
      for (const [topic, inTopic] of [...entries]) for (const [userId, entry] of [...inTopic]) if (entry.connectionId === id) end(topic, userId);
    },
  };
}
