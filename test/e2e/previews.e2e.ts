import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import type { Browser } from 'playwright-core';
import { startSite } from '../support/page-server.ts';
import { pngOf } from '../support/pictures.ts';
import { twoInAGroup, type RunningServer, type Visitor } from './world.ts';

const HEAD = `<title>Fallback</title><meta property="og:title" content="Rowing at &quot;Harbour&quot;">
  <meta property="og:description" content="Four boats, one river"><meta property="og:site_name" content="The Club">`;

describe('links in the web chat', () => {
  const site = startSite();
  let server: RunningServer;
  let browser: Browser;
  let ann: Visitor;
  let bob: Visitor;

  beforeAll(async () => {
    ({ server, browser, ann, bob } = await twoInAGroup({ LINK_PREVIEW_ALLOW_PRIVATE: 'on' }));
  });

  afterAll(async () => {
    await browser?.close();
    await server?.remove();
    await site.stop();
  });

  afterEach(() => {
    expect([ann, bob].flatMap(({ complaints }) => complaints.splice(0))).toEqual([]);
  });

  const card = (visitor: Visitor, text: string) => visitor.message(text).locator('a.link-card');

  test('what the page says of itself comes below the message, with its host, and whoever is at the end stays there', async () => {
    for (const letter of 'abcdefghijkl') await ann.say(`line ${letter}.`);
    const picture = site.page(() => new Response(pngOf(120, 80), { headers: { 'content-type': 'image/png' } }), 'picture');
    const url = site.html(`${HEAD}<meta property="og:image" content="${picture}">`);
    await ann.say(`Have a look: ${url}`);
    for (const visitor of [ann, bob]) {
      await card(visitor, 'Have a look').getByText('Rowing at "Harbour"').waitFor();
      expect(await card(visitor, 'Have a look').innerText()).toContain(`The Club · 127.0.0.1:${site.port}`);
      expect(await card(visitor, 'Have a look').getAttribute('href')).toBe(url);
      expect(await card(visitor, 'Have a look').getAttribute('rel')).toBe('noopener noreferrer nofollow ugc');
      const fromEnd = await visitor.page.locator('.scroller').evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight);
      expect(Math.abs(fromEnd)).toBeLessThanOrEqual(1);
      await visitor.page.waitForFunction(() => document.querySelector<HTMLImageElement>('.link-picture')?.naturalWidth === 120);
    }
    // Both see it, and the site was asked once, by the server.
    expect(site.asked.filter((path) => path === new URL(picture).pathname)).toHaveLength(1);
  });

  test('the keyboard reaches it', async () => {
    const link = card(bob, 'Have a look');
    await bob.message('Have a look').getByRole('link').first().focus();
    await bob.page.keyboard.press('Tab');
    await link.and(bob.page.locator(':focus')).waitFor();
  });

  test('its author removes it for everybody, and nobody else can', async () => {
    await bob.message('Have a look').hover();
    await bob.message('Have a look').getByRole('button', { name: 'More', exact: true }).click();
    await bob.page.getByRole('menuitem', { name: 'Copy text' }).waitFor();
    expect(await bob.page.getByRole('menuitem', { name: 'Remove the preview' }).count()).toBe(0);
    await bob.page.keyboard.press('Escape');
    await ann.choose('Have a look', 'Remove the preview');
    for (const visitor of [ann, bob]) await card(visitor, 'Have a look').waitFor({ state: 'detached' });
  });

  test('a page that tries to be markup is text', async () => {
    await ann.say(`Or this: ${site.html('<meta property="og:title" content="&lt;img src=x onerror=alert(1)&gt;">')}`);
    await card(bob, 'Or this').getByText('<img src=x onerror=alert(1)>').waitFor();
  });
});
