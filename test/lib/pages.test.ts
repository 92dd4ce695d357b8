import { afterAll, describe, expect, test } from 'bun:test';
import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { createGet, NoAnswer, type GetOptions } from '../../src/jobs/previews/get.ts';
import { createPages } from '../../src/jobs/previews/index.ts';
import { readPage } from '../../src/jobs/previews/page.ts';
import { firstLink } from '../../src/lib/link.ts';
import { createLog } from '../../src/lib/log.ts';
import { anyWay, mayBeFetched, NotPublic, publicLookup, publicWay } from '../../src/lib/outbound.ts';
import { createFakeClock } from '../support/clock.ts';
import { htmlOf, startSite } from '../support/page-server.ts';
import { pngOf } from '../support/pictures.ts';

const site = startSite();
afterAll(() => site.stop());

const HTML = { types: ['text/html'], maxBytes: 4_096, longer: 'cut' } as const;
const getter = (more: Partial<GetOptions> = {}) =>
  createGet({ clock: createFakeClock(), userAgent: 'test', timeoutMs: 5_000, redirectsMax: 3, way: anyWay, ...more });
/** The names of the test resolve to this. */
const resolvesTo =
  (...addresses: string[]): LookupFunction =>
  (_, options, done) => {
    const all: LookupAddress[] = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    if (options.all) done(null, all);
    else done(null, addresses[0] ?? '', 4);
  };
const redirect = (to: string, status = 302) => site.page(() => new Response(null, { status, headers: { location: to } }), 'redirect');
const pages = (more: Partial<Parameters<typeof createPages>[0]> = {}, clock = createFakeClock()) =>
  createPages({
    clock,
    log: createLog('silent'),
    userAgent: 'test',
    timeoutMs: 5_000,
    redirectsMax: 3,
    way: anyWay,
    pageMaxBytes: 4_096,
    pictureMaxBytes: 10_000,
    pictureMaxPixels: 100 * 100,
    titleMaxCodePoints: 20,
    descriptionMaxCodePoints: 20,
    cacheMax: 2,
    cacheMs: 1_000,
    ...more,
  });

describe('Where pages are fetched from', () => {
  test.each([
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://localhost/',
    'http://app.localhost/',
    'http://0.0.0.0/',
    'http://10.1.2.3/',
    'http://172.16.0.1/',
    'http://192.168.1.1/',
    'http://100.64.0.1/',
    'http://169.254.169.254/latest/meta-data/',
    'http://224.0.0.1/',
    'http://[::1]/',
    'http://[::]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:a9fe:a9fe]/',
    'http://[64:ff9b::10.0.0.1]/',
    'http://[fe80::1]/',
    'http://[fd00::1]/',
    'http://router.lan/',
    'http://metadata.google.internal/',
    'http://intranet/',
    'https://example.com:8443/',
    'http://example.com:22/',
    'http://ann:secret@example.com/',
    'ftp://example.com/',
    'file:///etc/passwd',
  ])('not from %s', async (address) => {
    expect(mayBeFetched(new URL(address))).toBe(false);
    await expect(getter({ way: publicWay })(new URL(address), HTML)).rejects.toBeInstanceOf(NotPublic);
  });

  test('from names and public addresses on the usual ports', () => {
    for (const address of ['https://example.com/', 'http://example.com:80/', 'https://8.8.8.8/', 'https://[2606:4700::1111]/'])
      expect(mayBeFetched(new URL(address))).toBe(true);
  });

  test.each([[['127.0.0.1']], [['10.0.0.1']], [['169.254.169.254']], [['::1']], [['::ffff:10.0.0.1']], [['8.8.8.8', '192.168.0.1']], [[]]])(
    'a name that resolves to %j is not connected to',
    async (addresses) => {
      const before = site.asked.length;
      const way = { allows: () => true, lookup: publicLookup(resolvesTo(...addresses)) };
      await expect(getter({ way })(new URL(`http://site.example:${site.port}/`), HTML)).rejects.toBeInstanceOf(NotPublic);
      expect(site.asked.length).toBe(before);
    },
  );

  test('the name is resolved once, and that is what is connected to', async () => {
    let asked = 0;
    const lookup: LookupFunction = (name, options, done) => resolvesTo(asked++ === 0 ? '127.0.0.1' : '192.0.2.1')(name, options, done);
    const { pathname } = new URL(site.html('<title>Hello</title>'));
    const { body } = await getter({ way: { ...anyWay, lookup } })(new URL(`http://site.example:${site.port}${pathname}`), HTML);
    expect([asked, body.toString()]).toEqual([1, expect.stringContaining('Hello')]);
  });

  test.each(['http://127.0.0.1/', 'http://169.254.169.254/', 'http://[::1]/', 'http://localhost/', 'file:///etc/passwd', 'http://example.com:6379/'])(
    'a redirect to %s is not followed',
    async (to) => {
      const way = { allows: (url: URL) => url.port === String(site.port) || mayBeFetched(url) };
      await expect(getter({ way })(new URL(redirect(to)), HTML)).rejects.toBeInstanceOf(NotPublic);
    },
  );

  test('a redirect to a name that resolves to a private address is not followed', async () => {
    const lookup: LookupFunction = (name, options, done) =>
      name === 'first.example' ? resolvesTo('127.0.0.1')(name, options, done) : publicLookup(resolvesTo('10.0.0.1'))(name, options, done);
    const { pathname } = new URL(redirect('http://second.example/'));
    const first = new URL(`http://first.example:${site.port}${pathname}`);
    await expect(getter({ way: { ...anyWay, lookup } })(first, HTML)).rejects.toBeInstanceOf(NotPublic);
  });
});

describe('A page that is fetched', () => {
  const why = async (address: string, more: Partial<GetOptions> = {}): Promise<string> => {
    const error = await getter(more)(new URL(address), HTML).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    return error instanceof NoAnswer ? error.message : String(error);
  };

  test('goes without credentials, cookies and where it comes from', async () => {
    const headers: string[][] = [];
    const address = site.page((request) => {
      headers.push([...request.headers.keys()].sort());
      return htmlOf('x');
    });
    await getter()(new URL(address), HTML);
    expect(headers).toEqual([['accept', 'accept-encoding', 'connection', 'host', 'user-agent']]);
  });

  test('comes after as many redirects as the limit, linkPreviewRedirectsMax, and not after one more', async () => {
    const page = site.html('<title>Hello</title>');
    const chain = (length: number): string => (length === 0 ? page : redirect(chain(length - 1), [301, 302, 303, 307, 308][length % 5]));
    expect((await getter({ redirectsMax: 3 })(new URL(chain(3)), HTML)).url.href).toBe(page);
    expect(await why(chain(4), { redirectsMax: 3 })).toBe('too many redirects');
    expect(await why(redirect(''))).toBe('too many redirects');
    expect(await why(redirect('http://'))).toBe('redirect to nowhere');
  });

  test('is read up to the limit, linkPreviewPageMaxBytes, and not a byte further', async () => {
    const { body } = await getter()(new URL(site.page(() => htmlOf('x'.repeat(4_096)))), HTML);
    expect(body.length).toBe(4_096);
    const longer = new URL(site.page(() => htmlOf('x'.repeat(4_097))));
    expect((await getter()(longer, HTML)).body.length).toBe(4_096);
    await expect(getter()(longer, { ...HTML, longer: 'refuse' })).rejects.toThrow('too long');
  });

  test('may go on without end: it is cut off', async () => {
    let ended = Promise.withResolvers<void>();
    const address = site.page(() =>
      htmlOf(
        new ReadableStream<Uint8Array>({
          pull: (controller) => controller.enqueue(new Uint8Array(1_000).fill(120)),
          cancel: () => ended.resolve(),
        }),
      ),
    );
    expect((await getter()(new URL(address), HTML)).body.length).toBe(4_096);
    await ended.promise;
  });

  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ] as const)('may be packed with %s, and costs no more when it unpacks to a large one', async (encoding, pack) => {
    const packed = (text: string) => new URL(site.page(() => htmlOf(new Uint8Array(pack(text)), { 'content-encoding': encoding })));
    expect((await getter()(packed('<title>Hello</title>'), HTML)).body.toString()).toBe('<title>Hello</title>');
    expect((await getter()(packed('x'.repeat(4_000_000)), HTML)).body.length).toBe(4_096);
  });

  test('is no answer where it is broken, of another type or encoding, or no success', async () => {
    expect(await why(site.page(() => htmlOf('not gzip', { 'content-encoding': 'gzip' })))).toMatch(/header/);
    expect(await why(site.page(() => htmlOf('x', { 'content-encoding': 'zstd' })))).toBe('another encoding');
    expect(await why(site.page(() => htmlOf('{}', { 'content-type': 'application/json' })))).toBe('another type');
    expect(await why(site.page(() => htmlOf('x', { 'content-type': 'text/html-like' })))).toBe('another type');
    expect(await why(`${site.origin}/none`)).toBe('status 404');
    expect(await why(site.page(() => new Response('x', { status: 500 })))).toBe('status 500');
  });

  test('that does not come, or stops coming, is given up after the limit, linkPreviewTimeoutMs', async () => {
    const begun = Promise.withResolvers<void>();
    const half = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(Buffer.from('<title>')),
      pull: () => new Promise(() => undefined),
    });
    const silent = site.page(() => {
      begun.resolve();
      return new Promise<Response>(() => undefined);
    });
    const stopping = site.page(() => htmlOf(half));
    for (const address of [silent, stopping]) {
      const clock = createFakeClock();
      let given = false;
      const reason = why(address, { clock, timeoutMs: 5_000 }).finally(() => (given = true));
      await begun.promise;
      clock.advance(4_999);
      expect(given).toBe(false);
      clock.advance(1);
      expect(await reason).toBe('late');
    }
  });
});

describe('What a page says of itself', () => {
  const at = new URL('https://example.com/a/b');
  const limits = { title: 20, description: 30 };
  const read = (html: string) => readPage(html, at, limits);

  test('is Open Graph first, then the rest', async () => {
    const head = `<title>Plain</title><meta name=description content="By the way">
      <meta property="og:title" content="Rowing &amp; more"><meta property="og:description" content="A &quot;club&quot;">
      <meta property="og:site_name" content="Harbour"><meta property="og:image" content="../boat.png?a=1&amp;b=2">`;
    expect(await read(head)).toEqual({
      title: 'Rowing & more',
      description: 'A "club"',
      siteName: 'Harbour',
      image: 'https://example.com/boat.png?a=1&b=2',
    });
    expect(await read('<title> Plain \n title </title><meta name="Description" content="By the way">')).toEqual({
      title: 'Plain title',
      description: 'By the way',
      siteName: null,
      image: null,
    });
  });

  test('is nothing without a title, and the first of two', async () => {
    expect(await read('<meta property="og:description" content="x">')).toBeNull();
    expect(await read('')).toBeNull();
    expect(await read('<title></title><meta property="og:title" content="  ">')).toBeNull();
    expect((await read('<title>One</title><svg><title>Two</title></svg>'))?.title).toBe('One');
  });

  test('is read from what is broken, too', async () => {
    expect((await read('<p><b><meta content=Two property=og:title><title>One'))?.title).toBe('Two');
    expect((await read('<title>One</title><meta property="og:description" content="never closed'))?.title).toBe('One');
    expect(await read('<select><xmp><title>x')).toBeNull();
    expect((await read('\0<TITLE>A\0B</TITLE>'))?.title).toBe('A B');
  });

  test('is read in pieces, between which others have their turn: one made to be slow held up the whole server', async () => {
    let turns = 0;
    let reading = true;
    const turn = (): void => {
      turns++;
      if (reading) setImmediate(turn);
    };
    setImmediate(turn);
    expect((await read(`<title>One</title>${'<div>'.repeat(200_000)}`))?.title).toBe('One');
    reading = false;
    expect(turns).toBeGreaterThanOrEqual(15);
  });

  test('is text: marked up, turned around or invisible nothing of it counts', async () => {
    expect((await read('<title>a<b>c</b></title>'))?.title).toBe('a<b>c</b>');
    expect((await read('<title>\u202egnp.exe\u2066</title>'))?.title).toBe('gnp.exe');
    expect((await read('<meta property="og:title" content="x"><meta property="og:image" content="javascript:alert(1)">'))?.image).toBeNull();
    expect((await read('<meta property="og:title" content="x"><meta property="og:image" content="data:image/png;base64,x">'))?.image).toBeNull();
  });

  test('is shown up to the limits, linkPreviewTitleMaxCodePoints and linkPreviewDescriptionMaxCodePoints, and cut beyond', async () => {
    const told = (title: string, description: string) => read(`<title>${title}</title><meta name=description content="${description}">`);
    expect(await told('😀'.repeat(20), 'é'.repeat(30))).toMatchObject({ title: '😀'.repeat(20), description: 'é'.repeat(30) });
    expect(await told('😀'.repeat(21), 'é'.repeat(31))).toMatchObject({ title: `${'😀'.repeat(19)}…`, description: `${'é'.repeat(29)}…` });
  });
});

describe('Pages', () => {
  test.each([
    ['windows-1251', 'text/html; charset=windows-1251', '<title>\xcf\xf0\xe8\xe2\xe5\xf2</title>', 'Привет'],
    ['what it says of itself', 'text/html', '<meta charset="shift_jis"><title>\x83{\x81[\x83g</title>', 'ボート'],
    ['its byte order mark', 'text/html; charset=iso-8859-1', '\xef\xbb\xbf<title>\xc3\xa9</title>', 'é'],
    ['UTF-8 where it names none that exists', 'text/html; charset=klingon', '<title>\xc3\xa9</title>', 'é'],
  ])('are read in %s', async (_, type, bytes, title) => {
    const address = site.page(() => htmlOf(Buffer.from(bytes, 'latin1'), { 'content-type': type }));
    expect((await pages().look(address))?.title).toBe(title);
  });

  test('are asked for once within linkPreviewCacheMs, also at the same time and where there was no answer', async () => {
    const clock = createFakeClock();
    const { look } = pages({}, clock);
    const address = site.html('<title>Hello</title>');
    const missing = `${site.origin}/missing`;
    const asked = (of: string): number => site.asked.filter((path) => path === new URL(of).pathname).length;
    expect(await Promise.all([look(address), look(`${address}#part`), look(missing), look(missing)])).toMatchObject([
      { title: 'Hello' },
      { title: 'Hello' },
      null,
      null,
    ]);
    clock.advance(999);
    await look(address);
    expect([asked(address), asked(missing)]).toEqual([1, 1]);
    clock.advance(1);
    await look(address);
    expect(asked(address)).toBe(2);
  });

  test('are remembered up to linkPreviewCacheMax; one more takes the place of the oldest', async () => {
    const { look } = pages({ cacheMax: 2 });
    const addresses = [1, 2, 3].map((n) => site.html(`<title>${n}</title>`));
    for (const address of addresses) await look(address);
    const before = site.asked.length;
    for (const address of addresses.slice(1)) await look(address);
    expect(site.asked.length).toBe(before);
    for (const address of addresses.slice(0, 1)) await look(address);
    expect(site.asked.length).toBe(before + 1);
  });

  test('that cannot be reached are none', async () => {
    expect(await pages().look('http://127.0.0.1:1/')).toBeNull();
    expect(await pages({ way: publicWay }).look(site.html('<title>Hello</title>'))).toBeNull();
    expect(await pages().look('no address')).toBeNull();
  });
});

describe('The picture of a page', () => {
  const picture = (bytes: Uint8Array<ArrayBuffer>, type = 'image/png') =>
    site.page(() => new Response(bytes, { headers: { 'content-type': type } }), 'picture');
  const drawn = async (image: string, more: Parameters<typeof pages>[0] = {}) => {
    const page = await pages(more).look(site.html(`<title>x</title><meta property="og:image" content="${image}">`));
    expect(page?.title).toBe('x');
    return page?.picture ?? null;
  };
  const sizeOf = async (data: string | null) => {
    const { width, height, format } = await new Bun.Image(Buffer.from(data ?? '', 'base64')).metadata();
    return [width, height, format];
  };

  test('is a small copy, and never larger than it was', async () => {
    const large = { pictureMaxPixels: 1_000_000, pictureMaxBytes: 100_000 };
    expect(await sizeOf(await drawn(picture(pngOf(960, 480)), large))).toEqual([240, 120, 'webp']);
    expect(await sizeOf(await drawn(picture(pngOf(16, 8)), large))).toEqual([16, 8, 'webp']);
  });

  test('is read up to the limits, linkPreviewPictureMaxBytes and linkPreviewPictureMaxPixels, and not when it is larger', async () => {
    const png = pngOf(100, 100);
    const image = picture(png);
    expect(await drawn(image, { pictureMaxBytes: png.length, pictureMaxPixels: 100 * 100 })).not.toBeNull();
    expect(await drawn(image, { pictureMaxBytes: png.length - 1 })).toBeNull();
    expect(await drawn(image, { pictureMaxPixels: 100 * 100 - 1 })).toBeNull();
  });

  test('is none where it is of another type, broken, gone or not public', async () => {
    const svg = new Uint8Array(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'));
    expect(await drawn(picture(svg, 'image/svg+xml'))).toBeNull();
    expect(await drawn(picture(svg))).toBeNull();
    expect(
      await drawn(
        picture(new Uint8Array(Buffer.from('GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;', 'latin1'))),
      ),
    ).toBeNull();
    expect(await drawn(picture(pngOf(10, 10).slice(0, 40)))).toBeNull();
    expect(await drawn(`${site.origin}/gone.png`)).toBeNull();
    const way = { allows: (url: URL) => url.port === String(site.port) || mayBeFetched(url) };
    expect(await drawn('http://169.254.169.254/logo.png', { way })).toBeNull();
  });
});

describe('The first link of a text', () => {
  test.each([
    ['no link', null],
    ['see https://a.example/b, please https://c.example', 'https://a.example/b'],
    ['(https://a.example/x_(y))', 'https://a.example/x_(y)'],
    ['**https://a.example/**', 'https://a.example/'],
    ['[text](https://a.example/b)', 'https://a.example/b'],
    ['<https://a.example>', 'https://a.example'],
    ['`https://code.example` and ```\nhttps://more.example\n``` then https://a.example', 'https://a.example'],
    ['ftp://a.example javascript:x https://', null],
  ])('%j', (text, link) => expect(firstLink(text)).toBe(link));
});
