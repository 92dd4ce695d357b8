import { z } from 'zod';
import type { Config } from '../../config.ts';
import type { Command } from '../../kernel/command.ts';
import { closeCodes } from '../../wire/errors.ts';
import { eventTable, type EventType } from '../../wire/events.ts';
import { hello, requestFrame } from '../../wire/frames.ts';
import { sampleError, wireError } from './errors.ts';
import type { JsonSchema, Schemas } from './json-schema.ts';
import { describedFields } from './limits.ts';
import { filledIn, sampleOf, sampleOfEvent, sampleOfObject } from './sample.ts';

/** A frame of the socket as documents show it. */
export type Frame = { schema: JsonSchema; examples: { summary: string; frame: unknown }[] };

// The keys of the table are the event types; Object.keys forgets that.
export const eventTypes = Object.keys(eventTable) as EventType[];
export const closeTable = Object.entries(closeCodes).map(([code, row]) => ({ code: Number(code), ...row }));

const refusal = z
  .object({
    re: requestFrame.shape.id.nullable().describe('Null where the frame had no id that could be read.'),
    ok: z.literal(false),
    error: wireError,
  })
  .meta({ id: 'Refusal' });

const frameId = (schemas: Schemas): JsonSchema => ({ ...schemas.output(requestFrame.shape.id), description: 'Your own; the reply says it as `re`.' });

/** What a client sends for a command. */
export function requestOf(command: Command, schemas: Schemas, config: Config | null): Frame {
  const input = schemas.input(command.input);
  const data = { ...input, properties: describedFields(command, input.properties ?? {}, config) };
  return {
    schema: object({ id: frameId(schemas), type: { const: command.name }, data }, [
      'id',
      'type',
      ...((input.required ?? []).length > 0 ? ['data'] : []),
    ]),
    examples: command.examples.map(({ summary, input: example }, i) => ({
      summary,
      frame: { id: i + 1, type: command.name, data: filledIn(example) },
    })),
  };
}

/** What the server answers it with. A command without an answer of its own says `{}`. */
export function replyTo(command: Command, schemas: Schemas): Frame {
  const data = command.output ? schemas.output(command.output) : { type: 'object' };
  return {
    schema: { oneOf: [object({ re: frameId(schemas), ok: { const: true }, data }), schemas.output(refusal)] },
    examples: [{ summary: 'Done', frame: { re: 1, ok: true, data: command.output ? sampleOf(data, schemas) : {} } }],
  };
}

/** The answer to a frame that was refused, or that could not be read. */
export function refused(schemas: Schemas): Frame {
  return { schema: schemas.output(refusal), examples: [{ summary: 'Refused', frame: { re: 1, ok: false, error: sampleError('invalid_input') } }] };
}

/** An event. Those about a conversation name it; durable ones carry the `rev` of their change. */
export function eventOf(type: EventType, schemas: Schemas): Frame {
  const { durable, data } = eventTable[type];
  const isOfConversation = !('conversation' in eventTable[type]);
  const envelope = object({
    type: { const: type },
    ...(isOfConversation && { conversationId: { type: 'string', format: 'uuid' } }),
    ...(durable && { rev: { type: 'integer', minimum: 1 } }),
  });
  const content = schemas.output(data);
  return {
    schema: object({ ...envelope.properties, data: content }),
    examples: [{ summary: type, frame: { ...sampleOfObject(envelope, schemas), data: sampleOfEvent(type, content, schemas) } }],
  };
}

export function helloFrame(schemas: Schemas): Frame {
  const schema = object({ type: { const: 'hello' }, data: schemas.output(hello) });
  return { schema, examples: [{ summary: 'Hello', frame: sampleOf(schema, schemas) }] };
}

export const ping: Frame = { schema: object({ type: { const: 'ping' } }), examples: [{ summary: 'Ping', frame: { type: 'ping' } }] };
export const pong: Frame = { schema: object({ type: { const: 'pong' } }), examples: [{ summary: 'Pong', frame: { type: 'pong' } }] };

function object(properties: Record<string, JsonSchema>, required = Object.keys(properties)): JsonSchema {
  return { type: 'object', properties, required };
}
