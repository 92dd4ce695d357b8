import { Hono, type Handler } from 'hono';
import { etag } from 'hono/etag';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import type { Command } from '../kernel/command.ts';
import { asyncapiDocument } from './asyncapi.ts';
import { pageHeaders } from './headers.ts';
import { openapiDocument } from './openapi.ts';

const CACHE_S = 300;
const assets = new Map([
  ['swagger-ui.css', 'text/css; charset=utf-8'],
  ['swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
  ['init.js', 'text/javascript; charset=utf-8'],
]);

/** The documents for programs, and the page to read and try them. `uiFolder` is where `copyDocsUi` put its files; without them the page gives way to the document. */
export function documentRoutes(commands: readonly Command[], config: Config, uiFolder: string | null): Hono {
  const routes = new Hono()
    .use('/api/openapi.json', etag())
    .use('/api/asyncapi.json', etag())
    .get(
      '/api/openapi.json',
      document(() => openapiDocument(commands, config)),
    )
    .get(
      '/api/asyncapi.json',
      document(() => asyncapiDocument(commands, config)),
    );
  // The headers of the API leave this page out, because it has a policy of its own.
  routes.use('/api/docs/*', pageHeaders(config, uiFolder === null ? undefined : pagePolicy), etag());
  if (uiFolder === null) return routes.get('/api/docs', (c) => c.redirect('/api/openapi.json'));
  return routes
    .get('/api/docs', (c) => c.html(page, 200, { 'Cache-Control': `public, max-age=${CACHE_S}` }))
    .get('/api/docs/assets/:name', (c) => {
      const name = c.req.param('name');
      const type = assets.get(name);
      if (type === undefined) return c.notFound();
      return c.body(Bun.file(join(uiFolder, name)).stream(), 200, { 'Content-Type': type, 'Cache-Control': `public, max-age=${CACHE_S}` });
    });
}

/** Built at the first request; it is the same for everybody until the program ends. */
function document(build: () => object): Handler {
  let text: string | null = null;
  return (c) => {
    text ??= JSON.stringify(build());
    return c.body(text, 200, { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': `public, max-age=${CACHE_S}` });
  };
}

/**
 * The page loads its own files and calls this server, and nothing else. Swagger UI writes style attributes, which is
 * what 'unsafe-inline' is for; scripts are never inline.
 */
const pagePolicy = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", 'data:'],
  connectSrc: ["'self'"],
  fontSrc: ["'self'"],
  frameAncestors: ["'none'"],
};

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Chinwag API</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="/api/docs/assets/swagger-ui.css" />
  </head>
  <body>
    <div id="docs"></div>
    <script src="/api/docs/assets/swagger-ui-bundle.js"></script>
    <script src="/api/docs/assets/init.js"></script>
  </body>
</html>
`;
