/** The database cannot be reached now; the same call may succeed later. */
export class StoreUnavailable extends Error {}

/** What a driver's error means. Drizzle wraps it in `cause`; the code is text, in `code` or in `errno`. */
function codesOf(error: unknown): string[] {
  const codes: string[] = [];
  for (let at: unknown = error; typeof at === 'object' && at !== null; at = (at as { cause?: unknown }).cause) {
    const { code, errno } = at as { code?: unknown; errno?: unknown };
    codes.push(String(code), String(errno));
  }
  return codes;
}

const UNIQUE = new Set(['23505', 'SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_PRIMARYKEY']);
const RETRY = new Set(['40001', '40P01']);
/** No connection; no room, memory or connections left (53); a disk that fails (58030); a standby that is not promoted yet (25006). */
const NOT_NOW =
  /^(08\w{3}|57P0[123]|57014|25P0[34]|53\w{3}|58030|25006|ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ERR_POSTGRES_(CONNECTION|IDLE|LIFETIME)\w*|3D000|28P01|28000|FailedToOpenSocket)$/;
const FULL = /^SQLITE_(FULL|IOERR\w*|BUSY\w*|READONLY\w*|CANTOPEN\w*)$/;

export const isUniqueViolation = (error: unknown): boolean => codesOf(error).some((code) => UNIQUE.has(code));
export const mayRetry = (error: unknown): boolean => codesOf(error).some((code) => RETRY.has(code));
export const isUnavailable = (error: unknown): boolean => codesOf(error).some((code) => NOT_NOW.test(code) || FULL.test(code));
