import { decodeHTML } from 'entities';
import { truncate } from '../../lib/text.ts';

/** What a page says about itself; `image` is the address of a picture. */
export type Said = { title: string; description: string | null; siteName: string | null; image: string | null };
type Limits = { title: number; description: number };

const NAMES = [
  'og:title',
  'twitter:title',
  'og:description',
  'twitter:description',
  'description',
  'og:site_name',
  'og:image',
  'og:image:url',
  'twitter:image',
];
/** Enough of any of them to be cut to what is shown. */
const VALUE_MAX = 8_000;
const ADDRESS_MAX = 2_048;
const PIECE_BYTES = 64 * 1024;

/** Null where the page has no title. */
export async function readPage(html: string, url: URL, limits: Limits): Promise<Said | null> {
  const found = await factsOf(html);
  const first = (...names: string[]): string => names.map((name) => shown(found.get(name) ?? '')).find((text) => text !== '') ?? '';
  const title = first('og:title', 'twitter:title', 'title');
  if (title === '') return null;
  const description = first('og:description', 'twitter:description', 'description');
  const siteName = first('og:site_name');
  return {
    title: truncate(title, limits.title),
    description: description === '' || description === title ? null : truncate(description, limits.description),
    siteName: siteName === '' ? null : truncate(siteName, limits.title),
    image: imageOf(found.get('og:image') ?? found.get('og:image:url') ?? found.get('twitter:image') ?? '', url),
  };
}

/** The first of each that is not empty. A page that breaks off or is not well-formed has said what it said until then. */
async function factsOf(html: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const keep = (name: string, value: string): void => {
    if (NAMES.includes(name) && value.trim() !== '' && !found.has(name)) found.set(name, decodeHTML(value.slice(0, VALUE_MAX)));
  };
  let titles = 0;
  let title = '';
  const rewriter = new HTMLRewriter()
    .on('meta', {
      element(meta) {
        const name = meta.getAttribute('property') ?? meta.getAttribute('name') ?? '';
        keep(name.trim().toLowerCase(), meta.getAttribute('content') ?? '');
      },
    })
    .on('title', {
      element() {
        titles++;
      },
      text(piece) {
        if (titles === 1 && title.length < VALUE_MAX) title += piece.text;
      },
    });
  try {
    await rewriter.transform(new Response(inPieces(html))).text();
  } catch {
    // Markup that can be read in two ways ends the reading.
  }
  return found.set('title', decodeHTML(title.slice(0, VALUE_MAX)));
}

/** A page made to be slow to read, such as one element in another a hundred thousand times, keeps nobody else waiting for longer than a piece of it. */
function inPieces(html: string): ReadableStream<Uint8Array> {
  const bytes = Buffer.from(html);
  let at = 0;
  return new ReadableStream(
    {
      async pull(controller) {
        await new Promise((resolve) => setImmediate(resolve));
        if (at >= bytes.length) return controller.close();
        controller.enqueue(bytes.subarray(at, (at += PIECE_BYTES)));
      },
    },
    { highWaterMark: 0 },
  );
}

/** On one line, without what turns the text around it or is not seen. */
function shown(text: string): string {
  return text
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, '')
    .trim()
    .toWellFormed();
}

function imageOf(named: string, page: URL): string | null {
  const address = named.trim();
  if (address === '' || address.length > ADDRESS_MAX || !URL.canParse(address, page.href)) return null;
  const url = new URL(address, page.href);
  return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : null;
}
