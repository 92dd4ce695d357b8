/**
 * Draws the icons of the installed chat out of the logo, with the browser of the tests: `bun test/support/draw-icons.ts`. What it
 * draws is checked in, so that a build needs no browser.
 */
import { join } from 'node:path';
import { launchBrowser } from '../e2e/world.ts';

const ui = join(import.meta.dir, '../../src/ui');
/** `part`: how much of the icon the logo takes. A maskable icon may be cut to a circle of four fifths. */
const icons = [
  { name: 'icon-192', px: 192, part: 1, ground: 'transparent' },
  { name: 'icon-512', px: 512, part: 1, ground: 'transparent' },
  { name: 'maskable-512', px: 512, part: 0.58, ground: '#f6f4ee' },
  { name: 'apple-touch-180', px: 180, part: 0.7, ground: '#f6f4ee' },
];

const logo = await Bun.file(join(ui, 'favicon.svg')).text();
const browser = await launchBrowser();
const page = await browser.newPage();
for (const { name, px, part, ground } of icons) {
  await page.setViewportSize({ width: px, height: px });
  const side = `${part * 100}%`;
  await page.setContent(
    `<style>html,body{margin:0;height:100%;background:${ground}}body{display:grid;place-items:center}svg{width:${side};height:${side}}</style>${logo}`,
  );
  await page.screenshot({ path: join(ui, `icons/${name}.png`), omitBackground: true });
}
await browser.close();
