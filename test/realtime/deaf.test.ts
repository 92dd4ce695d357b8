import { expect, test } from 'bun:test';
import { dialects } from '../support/database.ts';
import { PATIENCE_MS } from '../support/patience.ts';
import { openRawSocket, opcodes, takeFrames } from '../support/raw-socket.ts';
import { upTo } from '../support/rows.ts';
import { startServer } from '../support/server.ts';

const SWEEP_MS = 1_000;
const BOUND_BYTES = 1024 * 1024;
/** Between two sweeps less than half of the bound, beyond which a sweep cuts. */
const AT_ONCE = 25;
const metadata = { filling: 'x'.repeat(8_000) };

test(
  'a socket that reads nothing is told 4009 behind what it did not read; others hear everything',
  async () => {
    const server = await startServer({ dialect: dialects[0] ?? 'sqlite', config: { socketBackpressureMaxBytes: BOUND_BYTES, rateLimits: false } });
    const [ann, ben] = await Promise.all([server.person('Ann'), server.person('Ben')]);
    const { id: conversationId } = await ann.must('conversation.create', { userId: ben.userId });
    const [ears, deaf] = [await ben.connect(), await openRawSocket(Number(new URL(server.url).port), ben.token)];
    await deaf.until(() => deaf.bytes.includes('"hello"'));
    deaf.pause();

    let sent = 0;
    const cut = (): unknown => server.log.find((line) => line.msg === 'slow reader cut')?.bufferedBytes;
    while (cut() === undefined) {
      await Promise.all(Array.from({ length: AT_ONCE }, () => ann.must('message.send', { conversationId, content: 'x', metadata }, 'socket')));
      sent += AT_ONCE;
      server.clock.advance(SWEEP_MS);
    }
    expect(cut()).toBeLessThanOrEqual(BOUND_BYTES);
    expect((await ears.everything()).filter(({ type }) => type === 'message.created').map(({ data }) => data.seq)).toEqual(upTo(sent));

    deaf.resume();
    await deaf.until(() => false);
    const last = takeFrames(deaf.bytes).frames.at(-1);
    expect([last?.opcode, last?.payload.readUInt16BE(0), last?.payload.toString('utf8', 2)]).toEqual([opcodes.CLOSE, 4009, 'slow reader']);
    await server.stop();
  },
  PATIENCE_MS,
);
