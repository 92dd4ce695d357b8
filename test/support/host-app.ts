import { SignJWT } from 'jose';
import type { Scene } from './odd-input.ts';

export const JWT_SECRET = 'the-secret-that-the-host-application-signs-with';
const key = new TextEncoder().encode(JWT_SECRET);

export type Stranger = { token: string; scene: Scene };

/** Somebody new, with somebody to talk to: what was done to the others does not matter to them. */
export async function stranger(url: string): Promise<Stranger> {
  const [token, pat, olga] = await Promise.all(['Fred', 'Pat', 'Olga'].map((name) => tokenOf(`${name}-${crypto.randomUUID()}`)));
  const call = async (who: string | undefined, method: string, path: string, body?: object): Promise<any> => {
    const headers = { authorization: `Bearer ${who}`, 'content-type': 'application/json' };
    const response = await fetch(`${url}/api/chat${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
    return response.json();
  };
  await call(token, 'GET', '/me');
  const [person, other] = [await call(pat, 'GET', '/me'), await call(olga, 'GET', '/me')];
  const group = await call(token, 'POST', '/conversations', { title: 'G', memberIds: [person.id] });
  const conversation = await call(token, 'POST', '/conversations', { userId: person.id });
  const theirs = await call(pat, 'POST', '/conversations', { userId: other.id });
  const message = await call(token, 'POST', `/conversations/${conversation.id}/messages`, { content: 'x' });
  const poll = await call(token, 'POST', `/conversations/${conversation.id}/polls`, { question: 'When?', options: ['Now', 'Later'] });
  return {
    token: token ?? '',
    scene: {
      group: group.id,
      conversation: conversation.id,
      theirs: theirs.id,
      message: message.id,
      poll: poll.id,
      person: person.id,
      other: other.id,
      nobody: crypto.randomUUID(),
    },
  };
}

/** What the host application gives a person of its own; they are known here from the first time that it is shown. */
export const tokenOf = (sub: string, lasts = '1h'): Promise<string> =>
  new SignJWT({ name: sub.split('-')[0] ?? sub }).setSubject(sub).setProtectedHeader({ alg: 'HS256' }).setExpirationTime(lasts).sign(key);
