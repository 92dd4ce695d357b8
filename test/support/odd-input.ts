import fc from 'fast-check';
import { anyString } from './any-text.ts';
import { anyCommand, damaged, fieldsOf, junk, objectText, rarely } from './junk.ts';

const envelope = anyCommand.chain((command) => fieldsOf(command).map((fields) => ({ command: command.name, data: objectText(fields) })));
/** Frames of every command, most of them nearly right. */
export const frames = fc.oneof(
  { weight: 12, arbitrary: envelope.map(({ command, data }) => `{"id":"${command}","type":"${command}","data":${data}}`) },
  { weight: 2, arbitrary: damaged(envelope.map(({ command, data }) => `{"id":1,"type":"${command}","data":${data}}`)) },
  { weight: 1, arbitrary: fc.tuple(junk, junk, junk).map(([id, type, data]) => `{"id":${id},"type":${type},"data":${data}}`) },
  { weight: 1, arbitrary: junk },
  { weight: 1, arbitrary: anyString() },
);

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];
export const contentTypes = [
  'application/json; charset=utf-8',
  'application/vnd.api+json',
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'application/json/x',
  '',
  '*/*',
];
const oddPaths = ['..%2f..', '%', '%E0%A4%A', '%00', '%ff', 'me', '{nobody}', '😀', 'x'.repeat(3_000)];
/** Requests to every route, most of them nearly right. */
export const requests = anyCommand
  .filter((command) => command.http.length > 0)
  .chain((command) =>
    fc.record({
      command: fc.constant(command.name),
      route: fc.constantFrom(...command.http),
      fields: fieldsOf(command),
      method: rarely(fc.constantFrom(...methods)),
      path: rarely(fc.oneof(anyString(20), fc.constantFrom(...oddPaths))),
      query: rarely(fc.webQueryParameters()),
      body: rarely(fc.oneof(junk, damaged(junk), anyString())),
      contentType: rarely(fc.constantFrom(...contentTypes)),
      idempotencyKey: rarely(fc.constantFrom('', 'k', 'é', 'x'.repeat(200))),
    }),
  );
export type OddRequest = typeof requests extends fc.Arbitrary<infer Value> ? Value : never;

/** What a placeholder in a generated text stands for, when it is sent. */
export type Scene = Record<string, string>;
export const fill = (text: string, scene: Scene): string => text.replace(/\{(\w+)\}/g, (whole, name: string) => scene[name] ?? whole);
