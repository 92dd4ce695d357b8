import type { PageFacts, PagesPort } from '../../kernel/ports.ts';
import { createLru } from '../../lib/lru.ts';
import type { Log } from '../../lib/log.ts';
import { NotPublic } from '../../lib/outbound.ts';
import { decoded } from './charset.ts';
import { createGet, NoAnswer, type GetOptions } from './get.ts';
import { readPage } from './page.ts';

type Options = GetOptions & {
  log: Log;
  pageMaxBytes: number;
  titleMaxCodePoints: number;
  descriptionMaxCodePoints: number;
  cacheMax: number;
  cacheMs: number;
};
type Kept = { until: number; page: Promise<PageFacts | null> };

const HTML = ['text/html', 'application/xhtml+xml'];

/** Pages of the web, looked at for what they say of themselves. One that was looked at lately, or is being looked at, is not asked again. */
export function createPages(options: Options): PagesPort {
  const { clock, log, pageMaxBytes, cacheMs } = options;
  const limits = { title: options.titleMaxCodePoints, description: options.descriptionMaxCodePoints };
  const get = createGet(options);
  const kept = createLru<Kept>(options.cacheMax);

  async function read(url: URL): Promise<PageFacts | null> {
    try {
      const { body, type, url: arrived } = await get(url, { types: HTML, maxBytes: pageMaxBytes, longer: 'cut' });
      return readPage(decoded(body, type), arrived, limits);
    } catch (error) {
      // Never the address: it is part of what somebody wrote.
      const reason = error instanceof NotPublic ? 'not public' : error instanceof NoAnswer ? error.message : 'unreachable';
      log.debug({ reason }, 'a page was not read');
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
