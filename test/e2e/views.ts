import type { Visitor } from './world.ts';

/** A view of the web chat: how one gets there from the start page, and how one knows that it is there. */
export type View = {
  name: string;
  /** Before anybody signed in. */
  signedOut?: true;
  /** Part of the page alone where the window is narrow. */
  open(visitor: Visitor): Promise<void>;
};

const ROOM = 'Autumn regatta';

async function room({ row, page }: Pick<Visitor, 'row' | 'page'>, title = ROOM): Promise<void> {
  await row(title).click();
  await page.locator('.message').last().waitFor();
}

const enter = (visitor: Visitor, title?: string): Promise<void> => room({ row: (name) => visitor.row(name), page: visitor.page }, title);
const press = (visitor: Visitor, name: string | RegExp): Promise<void> =>
  visitor.page
    .getByRole('button', { name, ...(typeof name === 'string' && { exact: true }) })
    .first()
    .click();
const dialog = (visitor: Visitor): Promise<void> => visitor.page.getByRole('dialog').waitFor();

/** The last message of somebody else, with its menu open. */
async function menu(visitor: Visitor): Promise<void> {
  await enter(visitor);
  const message = visitor.page.locator('.message-theirs').last();
  await message.scrollIntoViewIfNeeded();
  await message.focus();
  await message.getByRole('button', { name: 'More', exact: true }).press('Enter');
  await visitor.page.getByRole('menu').waitFor();
}

async function members(visitor: Visitor): Promise<void> {
  await enter(visitor);
  await press(visitor, 'Show members');
  await visitor.page.locator('.member').first().waitFor();
}

async function settings(visitor: Visitor): Promise<void> {
  await members(visitor);
  await press(visitor, 'Group settings');
  await dialog(visitor);
}

async function search(visitor: Visitor, words: string): Promise<void> {
  await press(visitor, /^Search messages/);
  await visitor.page.getByRole('searchbox').fill(words);
}

/** Every view and dialog. What goes over it is looked at in light and dark, wide and narrow; a new one is a line here. */
export const views: readonly View[] = [
  { name: 'sign-in', signedOut: true, open: ({ page }) => page.getByRole('heading', { name: 'Welcome back' }).waitFor() },
  {
    name: 'sign-up',
    signedOut: true,
    async open(visitor) {
      await press(visitor, 'Create account');
      await visitor.page.getByLabel('Name').waitFor();
    },
  },
  {
    name: 'sign-in-refused',
    signedOut: true,
    async open(visitor) {
      await visitor.page.getByLabel('E-mail').fill('nobody@example.com');
      await visitor.page.getByLabel('Password').fill('not the password');
      await press(visitor, 'Sign in');
      await visitor.page.getByText('is wrong').waitFor();
      // The browser says so too.
      visitor.complaints.length = 0;
    },
  },
  { name: 'list', open: ({ page }) => page.locator('.row').first().waitFor() },
  {
    name: 'list-menu',
    async open(visitor) {
      await visitor.row(ROOM).click({ button: 'right' });
      await visitor.page.getByRole('menu').waitFor();
    },
  },
  {
    name: 'archived',
    async open(visitor) {
      await press(visitor, 'Go to a conversation or command');
      await visitor.page.getByRole('option', { name: 'Archived' }).click();
      await visitor.page.getByRole('complementary', { name: 'Archived' }).waitFor();
    },
  },
  {
    name: 'palette',
    async open(visitor) {
      await press(visitor, 'Go to a conversation or command');
      await visitor.page.getByRole('option').first().waitFor();
    },
  },
  {
    name: 'keys',
    async open(visitor) {
      await visitor.page.keyboard.press('?');
      await dialog(visitor);
    },
  },
  {
    name: 'notifications',
    async open(visitor) {
      await press(visitor, /^Notifications/);
      await visitor.page.locator('.result').first().waitFor();
    },
  },
  {
    name: 'preferences',
    async open(visitor) {
      await press(visitor, /^Notifications/);
      await press(visitor, 'Notification settings');
      await visitor.page.locator('.kinds').waitFor();
    },
  },
  {
    name: 'search',
    async open(visitor) {
      await search(visitor, 'oars');
      await visitor.page.locator('.result').first().waitFor();
    },
  },
  {
    name: 'search-none',
    async open(visitor) {
      await search(visitor, 'xylophone');
      await visitor.page.getByText('No message found.').waitFor();
    },
  },
  {
    name: 'own-profile',
    async open(visitor) {
      await press(visitor, /^Your profile/);
      await dialog(visitor);
    },
  },
  {
    name: 'new',
    async open(visitor) {
      await press(visitor, 'New conversation');
      await visitor.page.locator('.person').first().waitFor();
    },
  },
  {
    name: 'new-group',
    async open(visitor) {
      await press(visitor, 'New conversation');
      await visitor.page.getByRole('dialog').getByRole('button', { name: 'Group', exact: true }).click();
      await visitor.page.locator('.person').first().click();
    },
  },
  { name: 'chat', open: (visitor) => enter(visitor) },
  { name: 'direct', open: (visitor) => enter(visitor, 'Kofi Mensah') },
  {
    name: 'not-found',
    async open({ page }) {
      await page.goto('/c/0190a8f0-0000-7000-8000-000000000000');
      await page.getByRole('heading', { name: 'There is no such conversation' }).waitFor();
    },
  },
  { name: 'message-menu', open: menu },
  {
    name: 'emoji',
    async open(visitor) {
      await menu(visitor);
      await visitor.page.getByRole('menuitem', { name: 'More emoji' }).click();
      await visitor.page.getByRole('gridcell').first().waitFor();
    },
  },
  {
    name: 'readers',
    async open(visitor) {
      await menu(visitor);
      await visitor.page.getByRole('menuitem', { name: 'Who has read it' }).click();
      await visitor.page.getByRole('dialog').getByRole('listitem').first().waitFor();
    },
  },
  {
    name: 'forward',
    async open(visitor) {
      await menu(visitor);
      await visitor.page.getByRole('menuitem', { name: 'Forward' }).click();
      await dialog(visitor);
    },
  },
  {
    name: 'confirm',
    async open(visitor) {
      await menu(visitor);
      await visitor.page.getByRole('menuitem', { name: 'Delete for me' }).click();
      await dialog(visitor);
    },
  },
  {
    name: 'reply',
    async open(visitor) {
      await menu(visitor);
      await visitor.page.getByRole('menuitem', { name: 'Reply', exact: true }).click();
      await visitor.page.getByText('Reply to').first().waitFor();
    },
  },
  {
    name: 'mention',
    async open(visitor) {
      await enter(visitor);
      // A draft may be there from the last time.
      await visitor.composer.fill('');
      await visitor.composer.pressSequentially('@');
      await visitor.page.getByRole('option').first().waitFor();
    },
  },
  {
    name: 'thread',
    async open(visitor) {
      await enter(visitor);
      await visitor.page.locator('.thread-chip').last().click();
      await visitor.page.locator('.thread .message').last().waitFor();
    },
  },
  {
    name: 'threads',
    async open(visitor) {
      await enter(visitor);
      await press(visitor, /^Threads/);
      await visitor.page.locator('.card').first().waitFor();
    },
  },
  {
    name: 'pins',
    async open(visitor) {
      await enter(visitor);
      await press(visitor, /pinned messages?$/);
      await visitor.page.locator('.card').first().waitFor();
    },
  },
  { name: 'members', open: members },
  { name: 'group-settings', open: settings },
  {
    name: 'add-people',
    async open(visitor) {
      await members(visitor);
      await press(visitor, 'Add people');
      await dialog(visitor);
    },
  },
  {
    name: 'profile',
    async open(visitor) {
      await enter(visitor, 'Kofi Mensah');
      await press(visitor, 'Show profile');
      await visitor.page.locator('.profile').waitFor();
    },
  },
];
