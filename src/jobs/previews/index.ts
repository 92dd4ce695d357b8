import type { PageFacts, PagesPort } from '../../kernel/ports.ts';
import { createLru } from '../../lib/lru.ts';
import type { Log } from '../../lib/log.ts';
import { NotPublic } from '../../lib/outbound.ts';
import { decoded } from './charset.ts';
import { createGet, NoAnswer, type GetOptions } from './get.ts';
import { smallCopy } from './picture.ts';
import { readPage } from './page.ts';

type Options = GetOptions & {
  log: Log;
  pageMaxBytes: number;
  pictureMaxBytes: number;
  pictureMaxPixels: number;
  titleMaxCodePoints: number;
  descriptionMaxCodePoints: number;
  cacheMax: number;
  cacheMs: number;
};
type Kept = { until: number; page: Promise<PageFacts | null> };

const HTML = ['text/html', 'application/xhtml+xml'];
const PICTURES = ['image/webp', 'image/jpeg', 'image/png'];

/** Pages of the web, looked at for what they say of themselves. One that was looked at lately, or is being looked at, is not asked again. */
export function createPages(options: Options): PagesPort {
  const { clock, log, pageMaxBytes, cacheMs } = options;
  const limits = { title: options.titleMaxCodePoints, description: options.descriptionMaxCodePoints };
  const get = createGet(options);
  const kept = createLru<Kept>(options.cacheMax);

  async function read(url: URL): Promise<PageFacts | null> {
    try {
      const { body, type, url: arrived } = await get(url, { types: HTML, maxBytes: pageMaxBytes, longer: 'cut' });
      const said = await readPage(decoded(body, type), arrived, limits);
      if (!said) return null;
      const { image, ...facts } = said;
      return { ...facts, picture: image === null ? null : await draw(new URL(image)) };
    } catch (error) {
      log.debug({ reason: reasonOf(error) }, 'a page was not read');
      return null;
    }
  }

  async function draw(image: URL): Promise<string | null> {
    try {
      const { body } = await get(image, { types: PICTURES, maxBytes: options.pictureMaxBytes, longer: 'refuse' });
      return Buffer.from(await smallCopy(body, options.pictureMaxPixels)).toString('base64');
    } catch (error) {
      log.debug({ reason: reasonOf(error) }, 'the picture of a page was not read');
      return null;
    }
  }

  return {
    look(address) {
      if (!URL.canParse(address)) return Promise.resolve(null);
      const url = new URL(address);
      url.hash = '';
      const now = clock.monotonic();
      const known = kept.get(url.href);
      if (known && known.until > now) return known.page;
      const page = read(url);
      kept.set(url.href, { until: now + cacheMs, page });
      return page;
    },
  };
}

/** Never the address: it is part of what somebody wrote. */
function reasonOf(error: unknown): string {
  if (error instanceof NotPublic) return 'not public';
  return error instanceof NoAnswer ? error.message : 'unreachable';
}
