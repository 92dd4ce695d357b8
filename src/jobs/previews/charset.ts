/** As far as pages are searched for what they say of their own encoding: as browsers do (WHATWG HTML, "prescan a byte stream"). */
const PRESCAN_BYTES = 1_024;

/** The text of a page by its byte order mark, its header, or what it says of itself; UTF-8 where none of them names an encoding that we know. */
export function decoded(body: Buffer, contentType: string): string {
  const label = markOf(body) ?? charsetOf(contentType) ?? charsetOf(body.subarray(0, PRESCAN_BYTES).toString('latin1'));
  return decoderOf(label ?? 'utf-8').decode(body);
}

function markOf(body: Buffer): string | null {
  if (body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf) return 'utf-8';
  if (body[0] === 0xff && body[1] === 0xfe) return 'utf-16le';
  return body[0] === 0xfe && body[1] === 0xff ? 'utf-16be' : null;
}

function charsetOf(text: string): string | null {
  return /charset\s*=\s*["']?([\w:.-]+)/i.exec(text)?.[1] ?? null;
}

function decoderOf(label: string): TextDecoder {
  try {
    return new TextDecoder(label);
  } catch {
    return new TextDecoder();
  }
}
