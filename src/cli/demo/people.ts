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

export const CLUB = 'Harbour Rowing Club';
/** Known to everybody who reads this: for demonstrations, never for a server that strangers reach. */
export const PASSWORD = 'catch-and-release';
/** Whose accounts are printed. */
export const shownAccounts: Who[] = ['sofia', 'kofi', 'priya'];

export const emailOf = (who: Who): string => `${who}@harbour.example`;
