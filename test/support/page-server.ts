type Answer = Response | Promise<Response>;

/** A site on this machine: says for each path what it answers, and what it was asked. */
export function startSite() {
  const pages = new Map<string, (request: Request) => Answer>();
  const asked: string[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch(request) {
      const { pathname } = new URL(request.url);
      asked.push(pathname);
      return pages.get(pathname)?.(request) ?? new Response('Not found', { status: 404 });
    },
  });
  const origin = `http://127.0.0.1:${server.port}`;
  let made = 0;

  return {
    origin,
    port: Number(server.port),
    /** The paths of all requests, in their order. */
    asked,
    /** Answers the address of a new page. */
    page(answer: (request: Request) => Answer, name = 'page'): string {
      const path = `/${name}-${++made}`;
      pages.set(path, answer);
      return `${origin}${path}`;
    },
    /** The same with this in its head. */
    html(head: string, headers: Record<string, string> = {}): string {
      return this.page(() => htmlOf(`<html><head>${head}</head><body>x</body></html>`, headers));
    },
    stop: (): Promise<void> => server.stop(true),
  };
}

export type Site = ReturnType<typeof startSite>;

export function htmlOf(body: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>, headers: Record<string, string> = {}): Response {
  return new Response(body, { headers: { 'content-type': 'text/html; charset=utf-8', ...headers } });
}
