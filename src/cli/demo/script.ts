import { people, type Who } from './people.ts';

/** `days` ago at `at` by the clock on the wall, or some minutes before now. */
export type When = { days: number; at: string } | { minutes: number };

/**
 * `name: text`, or `name ^2: text` for a reply to the message two lines above, or `name >2: text` for one in the thread of that
 * message. `name: question | option: name, name | option: name` is a poll with who chose what. `@name` and `@all` mention people. After ` => ` comes what the author corrected it to; ` #pin` at the end pins it.
 */
export type Session = When & { lines: string[] };

export type Script = {
  /** Two people and no title: a direct conversation. The first one starts it. */
  members: Who[];
  title?: string;
  description?: string;
  /** How many of the newest messages these people have not read. Everybody else has read everything. */
  unread?: Partial<Record<Who, number>>;
  pinnedBy?: Who[];
  sessions: Session[];
};

export type Line = {
  at: number;
  who: Who;
  text: string;
  mentions: (Who | 'all')[];
  edited: string | null;
  /** Index of the line that it answers. */
  replyTo: number | null;
  /** Index of the line whose thread it stands in. */
  thread: number | null;
  pinned: boolean;
  /** What can be chosen, and who chose it. */
  poll: { text: string; voters: Who[] }[] | null;
};

const GAP_MIN_MS = 15_000;
const GAP_MAX_MS = 140_000;

/** The lines with their times: people take a while to answer, and nobody writes in the future. */
export function timeline(script: Script, now: number, random: () => number): Line[] {
  const lines: Line[] = [];
  let at = 0;
  for (const session of script.sessions) {
    at = Math.max(at, startOf(session, now));
    for (const text of session.lines) {
      lines.push({ at: Math.min(at, now), ...parse(text, lines) });
      at += GAP_MIN_MS + Math.floor(random() * (GAP_MAX_MS - GAP_MIN_MS));
    }
  }
  return lines;
}

function startOf(when: When, now: number): number {
  if ('minutes' in when) return now - when.minutes * 60_000;
  const [hours = 0, minutes = 0] = when.at.split(':').map(Number);
  const day = new Date(now);
  day.setDate(day.getDate() - when.days);
  return day.setHours(hours, minutes, 0, 0);
}

function parse(line: string, lines: readonly Line[]): Omit<Line, 'at'> {
  const [, who = '', sign, above, said = '', pin] = /^(\w+)(?: ([>^])(\d+))?: (.+?)( #pin)?$/s.exec(line) ?? [];
  if (!isPerson(who)) throw new Error(`nobody says: ${line}`);
  const [asked = '', ...options] = said.split(' | ');
  const [text = '', edited = null] = asked.split(' => ');
  const about = above === undefined ? null : lines.length - Number(above);
  const thread = sign === '>' && about !== null ? (lines[about]?.thread ?? about) : null;
  const poll = options.length > 0 ? options.map(parseOption) : null;
  return { who, ...withMentions(text), edited, replyTo: sign === '^' ? about : null, thread, pinned: pin !== undefined, poll };
}

function parseOption(option: string): { text: string; voters: Who[] } {
  const [text = '', voters = ''] = option.split(': ');
  return { text, voters: voters.split(', ').filter(isPerson) };
}

/** The text with whole names, and who is meant. */
function withMentions(text: string): Pick<Line, 'text' | 'mentions'> {
  const mentions = [...text.matchAll(/@(\w+)/g)].flatMap(([, name = '']): (Who | 'all')[] => (name === 'all' || isPerson(name) ? [name] : []));
  return { text: text.replace(/@(\w+)/g, (written, name: string) => (isPerson(name) ? `@${people[name]}` : written)), mentions };
}

function isPerson(name: string): name is Who {
  return Object.hasOwn(people, name);
}

/** Small and seeded (mulberry32), so that every demonstration is the same. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
