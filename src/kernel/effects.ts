import type { Event } from '../wire/events.ts';

const PRESENCE = 'presence:';

/** Where events go. One place makes the names, so that doors and features agree. */
export const topics = {
  conversation: (id: string): string => `conversation:${id}`,
  person: (id: string): string => `person:${id}`,
  presence: (id: string): string => `${PRESENCE}${id}`,
};

/** Whose presence a topic is; null for other topics. */
export const whosePresence = (topic: string): string | null => (topic.startsWith(PRESENCE) ? topic.slice(PRESENCE.length) : null);

export type Effect =
  | { do: 'publish'; topic: string; event: Event }
  | { do: 'subscribe' | 'unsubscribe'; userId: string; topic: string }
  | { do: 'forget'; userId: string }
  | { do: 'recheck'; id: string }
  | { do: 'part'; userId: string }
  | { do: 'hide'; userId: string; hidden: boolean }
  | { do: 'job'; kind: string; payload: Record<string, unknown> };

/**
 * What a command wants to happen once it has committed. Kept in order; dropped when it fails.
 * Jobs are written into the outbox in the command's own transaction.
 */
export class Effects {
  readonly #list: Effect[] = [];

  get list(): readonly Effect[] {
    return this.#list;
  }

  publish(topic: string, event: Event): void {
    this.#list.push({ do: 'publish', topic, event });
  }

  subscribe(userId: string, topic: string): void {
    this.#list.push({ do: 'subscribe', userId, topic });
  }

  unsubscribe(userId: string, topic: string): void {
    this.#list.push({ do: 'unsubscribe', userId, topic });
  }

  /** The person's rights or profile changed: nothing cached about them is believed any longer. */
  forget(userId: string): void {
    this.#list.push({ do: 'forget', userId });
  }

  /** The rights of this person, or of this key, may have ended: open sockets that rest on them are asked at once, not at their next frame. */
  recheck(id: string): void {
    this.#list.push({ do: 'recheck', id });
  }

  /** The person left an organisation: who hears of them, and of whom they hear, is looked up again. */
  part(userId: string): void {
    this.#list.push({ do: 'part', userId });
  }

  /** The person hides their presence, or shows it again. */
  hide(userId: string, hidden: boolean): void {
    this.#list.push({ do: 'hide', userId, hidden });
  }

  job(kind: string, payload: Record<string, unknown>): void {
    this.#list.push({ do: 'job', kind, payload });
  }
}
