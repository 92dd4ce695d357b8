/**
 * By what kept things are known to be the same person's before the server has said who that is: the subject of a JWT, a hash of
 * any other token, or that it is the browser's own session. Never the token. Null where it cannot be told.
 */
export async function credentialOf(token: string | null): Promise<string | null> {
  if (token === null) return 'session';
  const subject = subjectOf(token);
  if (subject !== null) return `subject ${subject}`;
  // Pages without https have no hashes.
  if (!('subtle' in crypto)) return null;
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token)));
  return `hash ${Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

function subjectOf(token: string): string | null {
  const [, payload, signature] = token.split('.');
  if (payload === undefined || signature === undefined) return null;
  try {
    const claims: { iss?: unknown; org?: unknown; sub?: unknown } = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')));
    return typeof claims.sub === 'string' ? JSON.stringify([claims.iss ?? null, claims.org ?? null, claims.sub]) : null;
  } catch {
    return null;
  }
}
