const paths = {
  back: 'M15 5l-7 7 7 7',
  close: 'M6 6l12 12M18 6L6 18',
  plus: 'M12 5v14M5 12h14',
  send: 'M12 19V5M6 11l6-6 6 6',
  smile: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M8.5 14.5c1.8 2.4 5.2 2.4 7 0M9 9.5h.01M15 9.5h.01',
  reply: 'M9 7l-5 5 5 5M4 12h9a7 7 0 0 1 7 7',
  people: 'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20a6.5 6.5 0 0 1 13 0M16 4.3a3.5 3.5 0 0 1 0 6.4M18 14.5a6.5 6.5 0 0 1 3.5 5.5',
  person: 'M12 11.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5a7.5 7.5 0 0 1 15 0',
  bell: 'M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15zM10 20.5h4',
  'bell-off': 'M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15zM10 20.5h4M4 4l16 16',
  'check-all': 'M2.5 12.5L7 17 16.5 7M11.5 16l1 1L22 7',
  out: 'M14 4h4a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2h-4M10 8l-4 4 4 4M6 12h9',
  down: 'M12 5v14M6 13l6 6 6-6',
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM16 16l4.5 4.5',
  chevron: 'M7 10l5 5 5-5',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  poll: 'M5 20v-7M12 20V4M19 20V9',
  place: 'M12 21s-6.5-5.8-6.5-11a6.5 6.5 0 0 1 13 0c0 5.2-6.5 11-6.5 11zM12 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z',
  pin: 'M9 4h6l-.8 6 3.3 3.5H6.5L9.8 10 9 4zM12 13.5V21',
  unpin: 'M9 4h6l-.8 6 3.3 3.5H6.5L9.8 10 9 4zM12 13.5V21M4 4l16 16',
  thread: 'M4 5h16v10H10l-4 4v-4H4zM8 9h8M8 12h5',
  forward: 'M15 7l5 5-5 5M20 12h-9a7 7 0 0 0-7 7',
  edit: 'M4 20l.9-4L16 4.9a2 2 0 0 1 2.9 0l.2.2a2 2 0 0 1 0 2.9L8 19.1z',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  hide: 'M4 12s3-6 8-6 8 6 8 6-3 6-8 6-8-6-8-6zM4 4l16 16',
  bin: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13',
  unlink: 'M9.5 14.5l5-5M11 6.5l1.7-1.7a4 4 0 0 1 5.7 5.7L16.7 12.2M12.5 17.3l-1.8 1.8a4 4 0 0 1-5.7-5.7l1.8-1.8M4 4l16 16',
  more: 'M5 11.5v1M5.5 11.5v1M11.75 11.5v1M12.25 11.5v1M18.5 11.5v1M19 11.5v1',
  settings: 'M4 7h9M17 7h3M15 4.8v4.4M4 17h3M11 17h9M9 14.8v4.4',
  archive: 'M3.5 4.5h17v4h-17zM5 8.5V20h14V8.5M10 12.5h4',
  command: 'M13 3.5L5.5 13.5H11l-1 7 7.5-10H12z',
  keyboard: 'M3 6.5h18v11H3zM6.5 10h.01M10 10h.01M13.5 10h.01M17 10h.01M8 14h8',
  alert: 'M12 7v6M12 16.5v.5M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z',
} as const;

export type IconName = keyof typeof paths;

/** Which icons point along the line of text, and turn around with it. */
const directed = new Set<IconName>(['back', 'reply', 'forward', 'out']);

/** Decoration only: what it means is said by the text or the label beside it. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg className={directed.has(name) ? 'icon icon-directed' : 'icon'} viewBox="0 0 24 24" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
