import { frame, opcodes, LAST, MASKED } from '../../support/raw-socket.ts';
import type { Random } from './random.ts';

const { CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG } = opcodes;
const TOO_LONG_BYTES = 70_000;

/** A text that is answered: as one frame, or in pieces, which may end within a character, and with a ping between them. */
export function answerable(text: string, random: Random): Buffer {
  const payload = Buffer.from(text);
  if (random.below(12) > 0) return frame(TEXT, payload);
  const middle = random.below(payload.length + 1);
  const end = middle + random.below(payload.length - middle + 1);
  return Buffer.concat([
    frame(TEXT, payload.subarray(0, middle), false),
    frame(random.pick([PING, PONG]), Buffer.from('between')),
    frame(CONTINUATION, payload.subarray(middle, end), false),
    frame(CONTINUATION, payload.subarray(end)),
  ]);
}

const deaths: ((random: Random) => Buffer)[] = [
  () => frame(TEXT, Buffer.from([0x22, 0xff, 0xfe, 0x22])),
  (random) => frame(BINARY, Buffer.from(Array.from({ length: random.below(100) }, () => random.below(256)))),
  () => frame(TEXT, Buffer.alloc(TOO_LONG_BYTES, 0x61)),
  (random) => frame(CLOSE, Buffer.from([random.below(256), random.below(256), 0xff])),
  () => frame(CONTINUATION, Buffer.from('of nothing')),
  (random) => frame(random.below(16), Buffer.alloc(random.below(300))),
  () => frame(PING, Buffer.alloc(500)),
  () => frame(TEXT, Buffer.from('unfinished'), false),
  () => Buffer.from([LAST | TEXT, 1, 0x61]),
  () => Buffer.from([LAST | TEXT, MASKED | 127, ...Array.from({ length: 12 }, () => 0xff)]),
  (random) => Buffer.from(Array.from({ length: 1 + random.below(60) }, () => random.below(256))),
];

/** What nobody can answer: it is not UTF-8, no text, too long, without an end or against the protocol. */
export const deadly = (random: Random): Buffer => random.pick(deaths)(random);
