import type { Config } from '../config.ts';
import type { Command } from '../kernel/command.ts';
import { version } from '../lib/version.ts';
import { eventTable } from '../wire/events.ts';
import { SUBPROTOCOL } from '../wire/frames.ts';
import { errorRows } from './docs/errors.ts';
import { closeTable, eventOf, eventTypes, helloFrame, ping, pong, refused, replyTo, requestOf, type Frame } from './docs/frames.ts';
import { createSchemas, type JsonSchema, type Part } from './docs/json-schema.ts';
import { securitySchemes } from './docs/security.ts';
import { closeTableText, handshake } from './socket-reference.ts';

export type AsyncApiDocument = {
  asyncapi: string;
  operations: Record<string, Part>;
  components: { messages: Record<string, Part>; schemas: Record<string, JsonSchema> } & Part;
  [field: string]: unknown;
};

type Operation = { name: string; action: 'receive' | 'send'; summary: string; description?: string; frame: Frame; reply?: Frame };

/** AsyncAPI 3.0 of the socket, seen from the server: it receives commands and sends replies and events. */
export function asyncapiDocument(commands: readonly Command[], config: Config): AsyncApiDocument {
  const schemas = createSchemas();
  const operations: Operation[] = [
    {
      name: 'hello',
      action: 'send',
      summary: 'The first frame: you are connected and subscribed. Again later: sync, something may have been missed',
      frame: helloFrame(schemas),
    },
    { name: 'ping', action: 'receive', summary: 'Any frame keeps the connection; this one is the smallest', frame: ping, reply: pong },
    { name: 'refused', action: 'send', summary: 'The answer to a frame that could not be read', frame: refused(schemas) },
    ...commands.map((command): Operation => ({
      name: command.name,
      action: 'receive',
      summary: command.summary,
      description: command.description,
      frame: requestOf(command, schemas, config),
      reply: replyTo(command, schemas),
    })),
    ...eventTypes.map((type): Operation => ({ name: `event.${type}`, action: 'send', summary: eventTable[type].doc, frame: eventOf(type, schemas) })),
  ];
  const messages = Object.fromEntries(operations.flatMap(messagesOf));
  const url = new URL(config.publicUrl);
  const security = securitySchemes(config, 'httpApiKey');
  return {
    asyncapi: '3.0.0',
    info: { title: 'Chinwag socket', version, description: `${handshake}\n\n## Close codes\n\n${closeTableText()}`, license: { name: 'MIT' } },
    defaultContentType: 'application/json',
    servers: {
      chinwag: {
        host: url.host,
        ...(url.pathname !== '/' && { pathname: url.pathname }),
        protocol: url.protocol === 'https:' ? 'wss' : 'ws',
        security: Object.keys(security).map((scheme) => ({ $ref: `#/components/securitySchemes/${scheme}` })),
      },
    },
    channels: {
      socket: {
        address: '/api/chat/ws',
        messages: Object.fromEntries(Object.keys(messages).map((name) => [name, { $ref: `#/components/messages/${name}` }])),
        bindings: {
          ws: {
            method: 'GET',
            query: { type: 'object', properties: { ticket: { type: 'string', description: 'From `socket.ticket`: once, within TICKET_TTL_MS.' } } },
            headers: {
              type: 'object',
              properties: { 'Sec-WebSocket-Protocol': { type: 'string', const: SUBPROTOCOL } },
              required: ['Sec-WebSocket-Protocol'],
            },
          },
        },
      },
    },
    operations: Object.fromEntries(operations.map((operation) => [operation.name, operationOf(operation)])),
    components: { schemas: schemas.components, messages, securitySchemes: security },
    'x-close-codes': Object.fromEntries(closeTable.map(({ code, ...row }) => [code, row])),
    'x-errors': errorRows,
  };
}

function messagesOf({ name, action, summary, frame, reply }: Operation): [string, Part][] {
  const correlated = action === 'receive' && name !== 'ping';
  const message = (id: string, shown: Frame, title: string, place: string): [string, Part] => [
    id,
    {
      name: id,
      title,
      payload: shown.schema,
      ...(correlated && { correlationId: { location: `$message.payload#/${place}` } }),
      ...(shown.examples.length > 0 && { examples: shown.examples.map((example) => ({ summary: example.summary, payload: example.frame })) }),
    },
  ];
  return [message(name, frame, summary, 'id'), ...(reply ? [message(`${name}.reply`, reply, `Answer to ${name}`, 're')] : [])];
}

function operationOf({ name, action, summary, description, reply }: Operation): Part {
  const channel = { $ref: '#/channels/socket' };
  const messages = (id: string): Part[] => [{ $ref: `#/channels/socket/messages/${id}` }];
  return {
    action,
    channel,
    summary,
    ...(description && { description }),
    messages: messages(name),
    ...(reply && { reply: { channel, messages: messages(`${name}.reply`) } }),
  };
}
