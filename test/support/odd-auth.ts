import { betterAuth } from 'better-auth/minimal';
import fc from 'fast-check';
import { authShape } from '../../src/http/auth/options.ts';
import { damaged, junk, objectText, rarely } from './junk.ts';

type Endpoint = { path?: string; options?: { method?: string | string[]; body?: { shape?: object } } };

/** Every address below /api/auth that the library has with our plugins, also those that we closed. */
const endpoints = Object.values(betterAuth({ ...authShape, baseURL: 'http://localhost', secret: crypto.randomUUID() + crypto.randomUUID() }).api)
  .map((endpoint) => endpoint as Endpoint)
  .flatMap(({ path, options }) =>
    path === undefined ? [] : [{ path, method: [options?.method ?? 'GET'].flat()[0] ?? 'GET', names: Object.keys(options?.body?.shape ?? {}) }],
  );

const SIGN_UP = ['name', 'email', 'password'];
const fitting = [
  '"{person}"',
  '"{group}"',
  '"{nobody}"',
  '"fred@example.com"',
  '"a long password"',
  '"admin"',
  '"member"',
  '"http://a.example/"',
  '"x"',
  'true',
  'false',
  '1',
  '{}',
  '[]',
  'null',
];
const value = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...fitting) }, { weight: 1, arbitrary: junk });

/** Requests to it, most of them with the fields that it knows. */
export const authRequests = fc.constantFrom(...endpoints).chain(({ path, method, names }) => {
  const fields = fc.tuple(...(names.length > 0 ? names : SIGN_UP).map((name) => fc.tuple(fc.constant(name), value)));
  const body = fields.map((pairs) => objectText(pairs));
  return fc.record({
    path: fc.constant(`/api/auth${path}`),
    method: rarely(fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS')).map((other) => other ?? method),
    query: fc.oneof(
      fc.constant(''),
      fc.webQueryParameters(),
      fields.map((pairs) => new URLSearchParams(pairs).toString()),
    ),
    body: fc.oneof({ weight: 6, arbitrary: body }, { weight: 1, arbitrary: damaged(body) }, { weight: 1, arbitrary: junk }),
  });
});
