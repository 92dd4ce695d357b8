import { dial, responseIn, type Line } from './line.ts';

export const opcodes = { CONTINUATION: 0, TEXT: 1, BINARY: 2, CLOSE: 8, PING: 9, PONG: 10 } as const;
export const LAST = 0x80;
export const MASKED = 0x80;

/** A socket that speaks, reads and breaks off as a test wants it, not as a runtime would. */
export async function openRawSocket(port: number, token: string): Promise<Line> {
  const line = await dial(port);
  line.write(handshake(token));
  await line.until(() => responseIn(line.bytes, true) !== null);
  const response = responseIn(line.bytes, true);
  if (response?.status !== 101) throw new Error(`a socket was refused with ${response?.status}`);
  line.bytes = line.bytes.subarray(response.bytes);
  return line;
}

export const handshake = (token: string): Buffer =>
  Buffer.from(
    `GET /api/chat/ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer ${token}\r\n\r\n`,
  );

/** A frame of RFC 6455 as clients send it. The mask is zero, so the bytes stay as they are. */
export function frame(opcode: number, payload: Buffer, last = true): Buffer {
  const size = Buffer.alloc(8);
  size.writeBigUInt64BE(BigInt(payload.length));
  const length = payload.length;
  const sized = length < 126 ? [MASKED | length] : length < 65_536 ? [MASKED | 126, ...size.subarray(6)] : [MASKED | 127, ...size];
  return Buffer.concat([Buffer.from([opcode | (last ? LAST : 0), ...sized, 0, 0, 0, 0]), payload]);
}

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
