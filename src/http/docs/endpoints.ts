import { z } from 'zod';
import { SUBPROTOCOL } from '../../wire/frames.ts';
import { errorBody, refusal } from './errors.ts';
import type { JsonSchema, Part, Schemas } from './json-schema.ts';
import { sampleOf } from './sample.ts';

export type PathItem = Record<string, Part>;

const account = z
  .object({
    id: z.string(),
    name: z.string(),
    email: z.string(),
    emailVerified: z.boolean(),
    image: z.string().nullable().optional(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Account', description: 'A person as the sign-in knows them; the chat shows a `Person`.' });

const token = z.string().describe('Goes into `Authorization: Bearer`, over HTTP and for the socket. The header `set-auth-token` has it too.');
const signUpInput = z.object({ name: z.string().min(1).max(100), email: z.email(), password: z.string().min(8).max(128) });
const signInInput = z.object({ email: z.email(), password: z.string() });
const signedUp = z.object({ token: token.nullable(), user: account });
const signedIn = z.object({ redirect: z.boolean(), token, user: account });
const session = z.object({ session: z.object({ id: z.string(), userId: z.string(), expiresAt: z.iso.datetime() }), user: account }).nullable();
const authRefusal = errorBody.extend({ code: z.string().optional(), message: z.string().optional() }).meta({
  id: 'AuthRefusal',
  description: 'A refusal below /api/auth. `error` is the same as everywhere; `code` and `message` are for the clients of better-auth.',
});
const status = z.object({ status: z.string() });

/** What is answered besides the commands: signing in (better-auth), the socket, and what machines ask. */
export function otherPaths(schemas: Schemas): Record<string, PathItem> {
  const answers = (description: string, schema: z.ZodType): Part => answerOf(description, schemas, schemas.output(schema));
  const body = (schema: z.ZodType, example: object): Part => ({
    required: true,
    content: { 'application/json': { schema: schemas.input(schema), example } },
  });

  const refused = schemas.output(authRefusal);
  const authRefusals = (...statuses: number[]): Record<number, Part> =>
    Object.fromEntries(
      statuses.map((code) => [code, { description: 'Refused; the body says why.', content: { 'application/json': { schema: refused } } }]),
    );

  return {
    '/api/auth/sign-up/email': {
      post: {
        ...says('auth.signUp', 'Make an account', 'Open where SIGN_UP is on. Sets the session cookie as well.'),
        requestBody: body(signUpInput, { name: 'Ann', email: 'ann@example.com', password: 'correct horse battery' }),
        responses: { 200: answers('Signed up and signed in.', signedUp), ...authRefusals(400, 403, 422), ...refusals(429, 500, 503) },
      },
    },
    '/api/auth/sign-in/email': {
      post: {
        ...says('auth.signIn', 'Sign in', 'Sets the session cookie as well.'),
        requestBody: body(signInInput, { email: 'ann@example.com', password: 'correct horse battery' }),
        responses: { 200: answers('Signed in.', signedIn), ...authRefusals(400, 401, 403), ...refusals(429, 500, 503) },
      },
    },
    '/api/auth/sign-out': {
      post: {
        ...says('auth.signOut', 'Sign out', 'Ends the session and the sockets that it opened.', true),
        responses: { 200: answers('Signed out.', z.object({ success: z.boolean() })), ...authRefusals(400, 403), ...refusals(500, 503) },
      },
    },
    '/api/auth/get-session': {
      get: {
        ...says('auth.session', 'Who is signed in', 'Null where nobody is.', true),
        responses: { 200: answers('The session, or null.', session), ...refusals(500, 503) },
      },
    },
    '/api/chat/ws': {
      get: {
        ...says(
          'socket.connect',
          'Open the socket',
          `Upgrade to WebSocket with the subprotocol \`${SUBPROTOCOL}\`. Who cannot be let in is upgraded and closed with a code that says why. [/api/asyncapi.json](/api/asyncapi.json) describes every frame.`,
          true,
          'socket',
        ),
        parameters: [
          {
            name: 'ticket',
            in: 'query',
            description: 'From `POST /api/chat/ws-ticket`, for clients that cannot send headers.',
            schema: { type: 'string' },
          },
        ],
        responses: { 101: { description: 'The connection is a socket now.' }, ...refusals(403, 426, 503) },
      },
    },
    '/api/chat/messages/{messageId}/link-preview/image': {
      get: {
        ...says(
          'linkPreview.picture',
          'The picture of a preview',
          'As `imageUrl` of the preview says, for whoever may read the message.',
          true,
          'linkPreview',
        ),
        parameters: [
          { name: 'messageId', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } },
          { name: 'version', in: 'query', description: 'Changes with the picture.', schema: { type: 'string', maxLength: 64 } },
        ],
        responses: {
          200: { description: 'A small WebP.', content: { 'image/webp': { schema: { type: 'string', format: 'binary' } } } },
          ...refusals(400, 401, 403, 404, 429, 500, 503, 504),
        },
      },
    },
    '/healthz': { get: { ...says('health.alive', 'The process runs', '', false, 'health'), responses: { 200: answers('It runs.', status) } } },
    '/readyz': {
      get: {
        ...says('health.ready', 'It can take traffic', '', false, 'health'),
        responses: { 200: answers('It can.', status), 503: answers('It stops, or the database cannot be reached.', status) },
      },
    },
    '/metrics': {
      get: {
        ...says('health.metrics', 'Counters for Prometheus', '', false, 'health'),
        responses: { 200: { description: 'The text format of Prometheus.', content: { 'text/plain': { schema: { type: 'string' } } } } },
      },
    },
  };
}

/** Signing in needs no sign-in; `secured` leaves the document's own security in force. */
function says(operationId: string, summary: string, description: string, secured = false, tag = 'auth'): Part {
  return { operationId, summary, ...(description !== '' && { description }), tags: [tag], ...(!secured && { security: [] }) };
}

export function answerOf(description: string, schemas: Schemas, schema: JsonSchema, headers?: Part): Part {
  return { description, ...(headers && { headers }), content: { 'application/json': { schema, example: sampleOf(schema, schemas) } } };
}

const refusals = (...statuses: number[]): Record<number, Part> => Object.fromEntries(statuses.map((code) => [code, refusal(code)]));
