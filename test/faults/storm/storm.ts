import { dial, responseIn, type Line } from '../../support/line.ts';
import { openRawSocket, opcodes, takeFrames } from '../../support/raw-socket.ts';
import { answerable, deadly } from './frames.ts';
import type { Random } from './random.ts';
import type { Raw } from './requests.ts';

/** What a storm was answered. */
export type Tally = { sent: number; refused: number; slowestMs: number; wrong: unknown[] };
export const emptyTally = (): Tally => ({ sent: 0, refused: 0, slowestMs: 0, wrong: [] });

const FRAMES_AT_ONCE = 100;
const SHOWN = 2_000;
/** Of HTTP: what the runtime answers to a hurt first line. */
const UNKNOWN_VERSION = 505;
const KNOCK = Buffer.from('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
/** Codes that say that something is wrong with us. */
const OURS = /"code":"(internal|timeout|unavailable)"/;

function note(tally: Tally, startedAt: number, count: number): void {
  tally.sent += count;
  tally.slowestMs = Math.max(tally.slowestMs, performance.now() - startedAt);
}

/** One connection after the other through the queue of requests. */
export async function stormOfRequests(port: number, queue: Raw[], tally: Tally): Promise<void> {
  let line = await dial(port);
  for (let raw = queue.pop(); raw; raw = queue.pop()) {
    if (line.closed) line = await dial(port);
    const startedAt = performance.now();
    line.write(raw.bytes);
    const status = raw.whole ? await takeResponse(line, raw.headOnly) : await statusBeside(line, port);
    note(tally, startedAt, 1);
    if (status !== null && status >= 400) tally.refused++;
    if (status !== null && status >= 500 && status !== UNKNOWN_VERSION) tally.wrong.push({ status, sent: raw.bytes.toString('latin1', 0, SHOWN) });
  }
  line.destroy();
}

/** Null when the server hung up instead. */
async function takeResponse(line: Line, headOnly: boolean): Promise<number | null> {
  await line.until(() => responseIn(line.bytes, headOnly) !== null);
  const response = responseIn(line.bytes, headOnly);
  if (!response) return null;
  line.bytes = line.bytes.subarray(response.bytes);
  if (response.status < 200) return takeResponse(line, headOnly);
  return response.status;
}

/** Nobody can tell when it has been answered; so it is over when somebody else has been. */
async function statusBeside(line: Line, port: number): Promise<number | null> {
  const knocker = await dial(port);
  knocker.write(KNOCK);
  const beside = await takeResponse(knocker, false);
  knocker.destroy();
  const status = responseIn(line.bytes, true)?.status ?? null;
  line.destroy();
  await line.until(() => false);
  if (beside !== 200) throw new Error(`the next was answered with ${beside}`);
  return status;
}

/** Sockets through the queue of frames, each until something deadly ends it. */
export async function stormOfFrames(port: number, token: string, queue: string[], random: Random, tally: Tally): Promise<void> {
  let line = await openRawSocket(port, token);
  while (queue.length > 0) {
    if (line.closed) line = await openRawSocket(port, token);
    const texts = queue.splice(-FRAMES_AT_ONCE);
    const startedAt = performance.now();
    line.write(Buffer.concat(texts.map((text) => answerable(text, random))));
    await takeAnswers(line, texts, tally);
    note(tally, startedAt, texts.length);
    if (random.below(5) > 0) continue;
    line.write(deadly(random));
    await statusBeside(line, port);
    note(tally, startedAt, 1);
  }
  line.destroy();
}

/** Each text has one answer; events come between them. */
async function takeAnswers(line: Line, texts: string[], tally: Tally): Promise<void> {
  let answers = 0;
  await line.until(() => {
    const { frames, rest } = takeFrames(line.bytes);
    line.bytes = rest;
    for (const { opcode, payload } of frames) {
      const text = opcode === opcodes.TEXT ? payload.toString() : '';
      if (opcode === opcodes.CLOSE)
        tally.wrong.push({ closed: payload.toString('latin1'), longest: Math.max(...texts.map((text) => Buffer.byteLength(text))) });
      if (text.startsWith('{"re":') || text === '{"type":"pong"}') answers++;
      if (text.startsWith('{"re":') && text.includes('"ok":false')) tally.refused++;
      if (text.startsWith('{"re":') && OURS.test(text.slice(0, 500))) tally.wrong.push({ answer: text.slice(0, SHOWN) });
    }
    return answers >= texts.length;
  });
  if (answers < texts.length) tally.wrong.push({ answers, texts: texts.length });
}
