import type { Random } from './random.ts';

const CONTINUATION = 0;
const TEXT = 1;
const BINARY = 2;
const CLOSE = 8;
const PING = 9;
const PONG = 10;
const LAST = 0x80;
const MASKED = 0x80;
const TOO_LONG_BYTES = 70_000;

/** A frame of RFC 6455 as clients send it. The mask is zero, so the bytes stay as they are. */
export function frame(opcode: number, payload: Buffer, last = true): Buffer {
  const size = Buffer.alloc(8);
  size.writeBigUInt64BE(BigInt(payload.length));
  const length = payload.length;
  const sized = length < 126 ? [MASKED | length] : length < 65_536 ? [MASKED | 126, ...size.subarray(6)] : [MASKED | 127, ...size];
  return Buffer.concat([Buffer.from([opcode | (last ? LAST : 0), ...sized, 0, 0, 0, 0]), payload]);
}

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

export type Heard = { opcode: number; payload: Buffer };

/** Takes whole frames of a server off the front. */
export function takeFrames(bytes: Buffer): { frames: Heard[]; rest: Buffer } {
  const frames: Heard[] = [];
  let rest = bytes;
  for (;;) {
    const short = (rest[1] ?? 0) & 127;
    const head = short === 127 ? 10 : short === 126 ? 4 : 2;
    if (rest.length < head) return { frames, rest };
    const length = short === 127 ? Number(rest.readBigUInt64BE(2)) : short === 126 ? rest.readUInt16BE(2) : short;
    if (rest.length < head + length) return { frames, rest };
    frames.push({ opcode: (rest[0] ?? 0) & 15, payload: rest.subarray(head, head + length) });
    rest = rest.subarray(head + length);
  }
}
