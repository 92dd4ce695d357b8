const PARSE = 'P'.charCodeAt(0);
const BIND = 'B'.charCodeAt(0);
/** Enough to know a statement by. */
const TEXT_BYTES = 10_000;

/**
 * Hears one connection to Postgres from its first byte, without encryption. Answers which statements are run by what came, by their texts: a statement
 * that was prepared before is asked for by its name alone.
 */
export function createEar(): (piece: Buffer) => string[] {
  const texts = new Map<string, string>();
  let bytes: Buffer = Buffer.alloc(0);
  /** The first message has no letter before its length. */
  let letters = 0;

  function statementOf(message: Buffer): string[] {
    const [first = '', second = ''] = message.toString('utf8', 5, Math.min(message.length, 5 + TEXT_BYTES)).split('\0');
    if (message[0] === PARSE) texts.set(first, second);
    return message[0] === BIND ? [texts.get(second) ?? ''] : [];
  }

  return (piece) => {
    const asked: string[] = [];
    bytes = bytes.length === 0 ? piece : Buffer.concat([bytes, piece]);
    for (;;) {
      const end = bytes.length < letters + 4 ? Infinity : letters + bytes.readInt32BE(letters);
      if (end > bytes.length) return asked;
      if (letters > 0) asked.push(...statementOf(bytes.subarray(0, end)));
      bytes = bytes.subarray(end);
      letters = 1;
    }
  };
}
