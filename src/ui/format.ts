const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** When something was, as short as the list of conversations wants it: "now", "5 min", "14:03", "yesterday", "Mon", "3/12/26". */
export function shortTime(locale: string, at: number, now: number): string {
  const age = now - at;
  if (age < MINUTE) return relative(locale, 0, 'second', 'narrow');
  if (age < HOUR) return new Intl.NumberFormat(locale, { style: 'unit', unit: 'minute', unitDisplay: 'short' }).format(Math.floor(age / MINUTE));
  const days = dayNumber(now) - dayNumber(at);
  if (days === 0) return clockTime(locale, at);
  if (days === 1) return relative(locale, -1, 'day', 'short');
  if (days < 7) return format(locale, { weekday: 'short' }).format(at);
  return format(locale, { dateStyle: 'short' }).format(at);
}

/** "3 minutes ago", "yesterday", "on 12 March". */
export function longTime(locale: string, at: number, now: number): string {
  const age = Math.max(0, now - at);
  if (age < MINUTE) return relative(locale, 0, 'second', 'long');
  if (age < HOUR) return relative(locale, -Math.floor(age / MINUTE), 'minute', 'long');
  if (age < DAY) return relative(locale, -Math.floor(age / HOUR), 'hour', 'long');
  const days = dayNumber(now) - dayNumber(at);
  return days < 7 ? relative(locale, -days, 'day', 'long') : format(locale, { dateStyle: 'medium' }).format(at);
}

export function clockTime(locale: string, at: number): string {
  return format(locale, { timeStyle: 'short' }).format(at);
}

/** A share between 0 and 1, whole: "33%". */
export function percent(locale: string, share: number): string {
  return new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 }).format(share);
}

/** What the clock on the wall shows there. */
export function localTime(locale: string, at: number, timeZone: string): string {
  try {
    return format(locale, { timeStyle: 'short', timeZone }).format(at);
  } catch {
    // A zone that this browser does not know.
    return format(locale, { hour: 'numeric', minute: '2-digit', timeZone: 'UTC', timeZoneName: 'short' }).format(at);
  }
}

/** The zone of the clock of this device. */
export function deviceZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** "21 Nov, 14:03". */
export function dateTime(locale: string, at: number): string {
  return format(locale, { day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' }).format(at);
}

/** What is left of a pause: "4:05", "0:07". */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return `${hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}` : minutes}:${String(rest).padStart(2, '0')}`;
}

export function fullTime(locale: string, at: number): string {
  return format(locale, { dateStyle: 'full', timeStyle: 'short' }).format(at);
}

/** The heading of a day: "today", "yesterday", "Monday", "12 March 2026". */
export function dayName(locale: string, at: number, now: number): string {
  const days = dayNumber(now) - dayNumber(at);
  const name = days < 2 ? relative(locale, -days, 'day', 'long') : format(locale, days < 7 ? { weekday: 'long' } : { dateStyle: 'long' }).format(at);
  return name.charAt(0).toLocaleUpperCase(locale) + name.slice(1);
}

/** Days by the person's own calendar and clock. */
export function dayNumber(at: number): number {
  const date = new Date(at);
  return Math.floor(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / DAY);
}

/** A round length of time in its largest unit: "30 seconds", "5 minutes", "1 hour". */
export function duration(locale: string, seconds: number): string {
  const [size, unit] = seconds % 3600 === 0 ? [3600, 'hour'] : seconds % 60 === 0 ? [60, 'minute'] : [1, 'second'];
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(seconds / size);
}

function relative(locale: string, value: number, unit: Intl.RelativeTimeFormatUnit, style: Intl.RelativeTimeFormatStyle): string {
  return new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style }).format(value, unit);
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making one costs more than all the formatting of a page. */
function format(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${JSON.stringify(options)}`;
  const made = formats.get(key) ?? new Intl.DateTimeFormat(locale, options);
  formats.set(key, made);
  return made;
}
