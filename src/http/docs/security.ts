import type { Config } from '../../config.ts';
import { sessionCookieName } from '../auth/credentials.ts';
import type { Part } from './json-schema.ts';

/** The ways to show who calls. OpenAPI and AsyncAPI have different words for a key in a header. */
export function securitySchemes(config: Config, key: 'apiKey' | 'httpApiKey'): Record<string, Part> {
  return {
    session: { type: 'http', scheme: 'bearer', description: 'The `token` of a sign-in.' },
    jwt: {
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description: 'Signed by your own application, with JWT_SECRET or a key of JWT_JWKS_URL: `sub`, `name`, `picture`, `org`, `role`.',
    },
    apiKey: {
      type: key,
      in: 'header',
      name: 'X-Api-Key',
      description:
        'For programs; as a bearer as well. A key of an organisation (`key.create`) acts there as its bot or, with `Act-As: <user id>` or `Act-As: ext:<id>` (percent-encoded) beside it, as that person. A key that somebody made for themselves acts as them.',
    },
    cookie: {
      type: key,
      in: 'cookie',
      name: sessionCookieName(config),
      description: 'The session of a browser. Other origins need ALLOWED_ORIGINS.',
    },
  };
}
