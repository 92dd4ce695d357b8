import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { views } from './views.ts';
import { runServer, Visitor } from './world.ts';

/** All of them, to look at; those that the README shows go to docs/images as well. */
const everything = join(import.meta.dir, '../../dist/screenshots');
const shown = join(import.meta.dir, '../../docs/images');
const inReadme = new Set([
  'chat-1440-light',
  'search-1440-dark',
  'thread-1440-light',
  'palette-1440-dark',
  'emoji-1440-light',
  'members-1440-dark',
  'list-360-light',
  'chat-360-dark',
  'notifications-360-light',
  'profile-360-dark',
]);

const widths = { 360: 740, 768: 1024, 1440: 900 } as const;
const schemes = ['light', 'dark'] as const;

/** Pictures of every view with the demonstration data, at three widths, light and dark. Answers what went wrong in the pages. */
export async function takeScreenshots(browser: Browser): Promise<string[]> {
  await Promise.all([everything, shown].map((folder) => mkdir(folder, { recursive: true })));
  const server = await runServer({ DEMO: 'on', RATE_LIMITS: 'off' });
  const complaints: string[] = [];
  try {
    const kofi = await Visitor.at(browser, server.url, 'Kofi Mensah');
    await kofi.signIn('kofi@harbour.example', 'catch-and-release');
    for (const [width, height] of Object.entries(widths)) {
      for (const scheme of schemes) complaints.push(...(await shoot(browser, server.url, Number(width), height, scheme)));
    }
  } finally {
    await server.remove();
  }
  return complaints;
}

async function shoot(browser: Browser, url: string, width: number, height: number, scheme: (typeof schemes)[number]): Promise<string[]> {
  const visitor = await Visitor.at(browser, url, 'Sofia Lindqvist', {
    viewport: { width, height },
    colorScheme: scheme,
    reducedMotion: 'reduce',
    permissions: ['notifications'],
    deviceScaleFactor: width < 1000 ? 2 : 1,
  });
  const { page } = visitor;
  page.context().setDefaultTimeout(30_000);
  let signedIn = false;
  for (const view of views) {
    await page.goto('/');
    if (!view.signedOut && !signedIn) {
      await visitor.signIn('sofia@harbour.example', 'catch-and-release');
      signedIn = true;
    }
    if (signedIn) await page.locator('.row').first().waitFor();
    await view.open(visitor);
    // Nothing is under the pointer.
    await page.mouse.move(0, 0);
    const name = `${view.name}-${width}-${scheme}`;
    const picture = await page.screenshot({ path: join(everything, `${name}.png`) });
    if (inReadme.has(name)) await Bun.write(join(shown, `${name}.png`), picture);
  }
  await page.context().close();
  return visitor.complaints;
}
