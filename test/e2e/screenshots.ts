import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { runServer, Visitor, type RunningServer } from './world.ts';

const folder = join(import.meta.dir, '../../docs/images');
const widths = { 360: 740, 768: 1024, 1440: 900 } as const;
const schemes = ['light', 'dark'] as const;

type Shot = { visitor: Visitor; width: number; scheme: (typeof schemes)[number] };

/** Pictures of the web chat with the demonstration data, at three widths, light and dark. Answers what went wrong in the pages. */
export async function takeScreenshots(browser: Browser): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const server = await runServer({ DEMO: 'on' });
  const complaints: string[] = [];
  try {
    const kofi = await Visitor.at(browser, server.url, 'Kofi Mensah');
    await kofi.signIn('kofi@harbour.example', 'catch-and-release');
    for (const [width, height] of Object.entries(widths)) {
      for (const scheme of schemes) complaints.push(...(await shoot(browser, server, Number(width), height, scheme)));
    }
  } finally {
    await server.remove();
  }
  return complaints;
}

async function shoot(browser: Browser, server: RunningServer, width: number, height: number, scheme: Shot['scheme']): Promise<string[]> {
  const visitor = await Visitor.at(browser, server.url, 'Sofia Lindqvist', {
    viewport: { width, height },
    colorScheme: scheme,
    reducedMotion: 'reduce',
    hasTouch: width < 500,
    isMobile: width < 500,
    permissions: ['notifications'],
    deviceScaleFactor: width < 1000 ? 2 : 1,
  });
  const { page } = visitor;
  const back = (): Promise<void> => page.getByRole('button', { name: 'Back to the conversations' }).click();
  const take = async (name: string): Promise<void> => void (await page.screenshot({ path: join(folder, `${name}-${width}-${scheme}.png`) }));

  await page.getByRole('heading', { name: 'Welcome back' }).waitFor();
  await take('sign-in');
  await visitor.signIn('sofia@harbour.example', 'catch-and-release');
  await page.locator('.row').first().waitFor();
  if (width < 500) await take('list');
  await page.getByRole('button', { name: /^Notifications/ }).click();
  await page.locator('.result').first().waitFor();
  if (width < 500) await take('notifications');
  await page.getByRole('button', { name: 'Notification settings' }).click();
  await page.locator('.kinds').waitFor();
  await take('preferences');
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  await page.getByRole('complementary').getByRole('button', { name: 'Close' }).click();

  await visitor.row('Autumn regatta').click();
  await page.locator('.message').last().waitFor();
  await take('chat');
  await page.locator('.thread-chip').last().click();
  await page.locator('.thread .message').last().waitFor();
  await take('thread');
  await page.getByRole('complementary').getByRole('button', { name: 'Close' }).click();
  await page.getByRole('button', { name: 'Show members' }).click();
  await page.locator('.member').first().waitFor();
  await take('members');
  await page.getByRole('complementary').getByRole('button', { name: 'Close' }).click();

  if (width < 500) await back();
  await page.getByRole('button', { name: 'Search messages' }).click();
  await page.getByRole('searchbox').fill('oars');
  await page.locator('.result').first().waitFor();
  if (width < 500) await take('search');
  await page.locator('.result').nth(2).click();
  await page.locator('.message:focus').waitFor();
  if (width < 500) await back();
  else await take('search');
  if (width >= 500) await page.getByRole('complementary').getByRole('button', { name: 'Close' }).click();
  await visitor.row('Kofi Mensah').click();
  await page.getByRole('button', { name: 'Show profile' }).click();
  await page.locator('.profile').waitFor();
  await take('profile');
  await page.getByRole('complementary').getByRole('button', { name: 'Close' }).click();
  if (width < 500) await back();
  await page.getByRole('button', { name: 'Your profile' }).click();
  await page.getByRole('dialog').waitFor();
  await take('own-profile');
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  await page.getByRole('button', { name: 'New conversation' }).first().click();
  await page.locator('.person').first().waitFor();
  await take('new');
  await page.context().close();
  return visitor.complaints;
}
