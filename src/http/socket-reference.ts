import type { Command } from '../kernel/command.ts';
import { eventTable, type EventType } from '../wire/events.ts';
import { SUBPROTOCOL } from '../wire/frames.ts';
import { errorTableText } from './docs/errors.ts';
import { closeTable, eventOf, eventTypes, helloFrame, refused, requestOf } from './docs/frames.ts';
import { createSchemas, type Schemas } from './docs/json-schema.ts';
import { fieldTable, json, table, typeText } from './docs/markdown.ts';

/** The socket for people: frames, every command, every event, close codes and errors, as Markdown. */
export function socketReference(commands: readonly Command[]): string {
  const schemas = createSchemas();
  const hello = helloFrame(schemas);
  const reply = refused(schemas);
  const sections = [
    '# The socket',
    handshake,
    `The first frame:\n\n${json(hello.examples[0]?.frame)}`,
    `A refusal; the table of errors is below:\n\n${json(reply.examples[0]?.frame)}`,
    '## Commands',
    'A field with `?` may be absent. Limits in capitals are settings: see [configuration.md](configuration.md). Most commands have an address of HTTP too: same input, same answer.',
    ...commands.map((command) => commandText(command, schemas)),
    '## Events',
    `An event is the same for everybody who gets it. *Durable* ones carry the \`rev\` of their change: a hole in it means that something is missing, and \`conversation.changes\` has it. The others are not kept.`,
    ...eventTypes.map((type) => eventText(type, schemas)),
    '## Objects',
    'Fields may be added in later versions; ignore those that you do not know.',
    ...objectTexts(schemas),
    '## Close codes',
    closeTableText(),
    '## Errors',
    errorTableText(),
  ];
  return `${sections.join('\n\n')}\n`;
}

export const handshake = `
Connect to \`GET /api/chat/ws\` with the subprotocol \`${SUBPROTOCOL}\`. Who you are is shown by \`Authorization: Bearer …\` (a session's token
or your application's JWT), \`X-Api-Key\` (the key of an organisation with \`Act-As\` in somebody's name), the session cookie (browsers; other origins need ALLOWED_ORIGINS), or \`?ticket=…\`, a one-time
ticket of \`socket.ticket\` for clients that can send neither. Who is not let in is connected and closed at once with a code that says why.

Frames are text, one JSON object each, of at most SOCKET_FRAME_MAX_BYTES.

- You send \`{"id": 1, "type": "message.send", "data": {…}}\`: \`type\` is a command, \`data\` its input, \`id\` your own number or text.
- The server replies \`{"re": 1, "ok": true, "data": {…}}\` or \`{"re": 1, "ok": false, "error": {…}}\`, and sends events
  \`{"type": "message.created", "conversationId": "…", "rev": 57, "data": {…}}\`. A command without an answer of its own says \`"data": {}\`.
- Frames of one socket are handled in order. You may send the next before the reply to the last: up to SOCKET_PENDING_MAX unanswered,
  SOCKET_FRAMES_PER_SECOND in the long run.
- Send any frame at least every \`heartbeatMs\` of the hello. \`{"type": "ping"}\` will do and is answered \`{"type": "pong"}\`. After twice
  that time without a frame the connection is closed.

The first frame is \`hello\`. By then you are subscribed to all your conversations, so ask for what you missed **after** it, with \`sync\` and
the \`rev\` that you hold of each conversation: first connect, then read, and nothing falls between. What you get comes once, in its present
state, deletions as tombstones. Where a conversation is not \`complete\`, go on with \`conversation.changes\`; where the whole answer is not,
\`sync\` again. Another \`epoch\` than the one you hold means that the data was restored from a backup: drop what you hold.

A \`hello\` may come again on the same connection, where the server may have missed what another of its processes did: \`sync\` then, too. What
you hear has been looked up again by that time.

An event may tell you what an answer told you already: keep an object only if its \`rev\` is higher than that of the one you hold. Send each
message with a \`clientId\` of your own; after a lost connection send it again under the same name, and it exists once.

What a client with a store wants to know: of an answer of \`sync\` apply \`removed\` first. What a message quotes is as it was when you
got that message; where the quoted one is edited or deleted, you are told so with the quoted one, whether you hold it or not: change the
quotations that you show. Hold the \`rev\` of the conversation that \`sync\` gave, even where one of its messages has a higher
one. A hole in \`rev\` is filled by \`conversation.changes\` (the messages) and \`conversation.get\` (title, members, settings). Your own
\`message.created\` moves your own marks, and in slow mode \`nextSendAt\`: members wait \`slowModeSeconds\` from its \`createdAt\`.
What carries no \`rev\` (\`membership\`, \`capabilities\`, blocks, notifications) may be told while an answer with it is on its way: apply such
events once more after the answer. To begin with nothing, list first and then sync with the revs of the list: \`sync\` of an unknown
conversation starts at its first message.

When the server restarts it closes with 1012 and the reason \`{"retryAfter": seconds}\`: a different wait for everybody, so that not all come
back at once.
`.trim();

function commandText(command: Command, schemas: Schemas): string {
  const { schema, examples } = requestOf(command, schemas, null);
  const data = schema.properties?.data ?? {};
  const addresses = command.http.map((route) => `\`${[route.method].flat().join('` `').toUpperCase()} /api/chat${route.path}\``);
  return [
    `### ${command.name}`,
    [`${command.summary}.`, command.description].filter(Boolean).join(' '),
    Object.keys(data.properties ?? {}).length > 0 ? fieldTable(data) : 'No fields.',
    `Answer: ${command.output ? typeText(schemas.output(command.output)) : 'empty'}.${addresses.length > 0 ? ` Over HTTP: ${addresses.join(', ')}.` : ' Over the socket only.'}`,
    json(examples[0]?.frame),
  ].join('\n\n');
}

const audience = { conversation: 'everybody in the conversation', person: 'your own connections', presence: 'those who watch the person' } as const;

function eventText(type: EventType, schemas: Schemas): string {
  const { topic, durable, data, doc } = eventTable[type];
  const { examples } = eventOf(type, schemas);
  return [
    `### ${type}`,
    `${doc} To ${audience[topic]}; ${durable ? 'durable' : 'not durable'}. Data: ${typeText(schemas.output(data))}.`,
    json(examples[0]?.frame),
  ].join('\n\n');
}

function objectTexts(schemas: Schemas): string[] {
  const named = Object.entries(schemas.components).filter(([, schema]) => schema.properties);
  return named
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([name, schema]) => [`### ${name}`, schema.description, fieldTable(schema)].filter(Boolean).join('\n\n'));
}

export function closeTableText(): string {
  return table(
    ['code', 'name', 'reconnect', 'meaning'],
    closeTable.map(({ code, name, reconnect, sentence }) => [String(code), `\`${name}\``, reconnect ? 'yes' : 'no', sentence]),
  );
}
