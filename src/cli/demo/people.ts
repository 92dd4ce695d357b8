/** Twelve people of a rowing club. The first is its secretary and owns the organisation. */
export const people = {
  sofia: 'Sofia Lindqvist',
  kofi: 'Kofi Mensah',
  priya: 'Priya Nair',
  amelie: 'Amélie Durand',
  mateo: 'Mateo García',
  jonas: 'Jonas Becker',
  yuki: 'Yuki Tanaka',
  aoife: 'Aoife Byrne',
  omar: 'Omar Haddad',
  zanele: 'Zanele Dube',
  lucas: 'Lucas Oliveira',
  hana: 'Hana Nováková',
} as const;

export type Who = keyof typeof people;
export const everybody = Object.keys(people) as Who[];

/** What some of them say of themselves, and where their clocks are. */
export const profiles: Partial<Record<Who, { statusText?: string; timeZone?: string }>> = {
  sofia: { statusText: 'In the office until five', timeZone: 'Europe/Berlin' },
  kofi: { statusText: 'On the water until six', timeZone: 'Europe/Berlin' },
  priya: { statusText: 'A towel and low expectations', timeZone: 'Europe/Berlin' },
  amelie: { statusText: 'Has anybody seen my green cap?', timeZone: 'Europe/Paris' },
  yuki: { timeZone: 'Asia/Tokyo' },
  jonas: { statusText: 'In the workshop', timeZone: 'Europe/Berlin' },
  zanele: { statusText: 'Driving the trailer' },
  hana: { statusText: 'In Brno, back on Monday', timeZone: 'Europe/Prague' },
};

export const CLUB = 'Harbour Rowing Club';
/** Known to everybody who reads this: for demonstrations, never for a server that strangers reach. */
export const PASSWORD = 'catch-and-release';
/** Whose accounts are printed. */
export const shownAccounts: Who[] = ['sofia', 'kofi', 'priya'];

export const emailOf = (who: Who): string => `${who}@harbour.example`;
