import { expect, test } from 'bun:test';
import { startServer } from '../support/server.ts';

test('one line a request and frame, with ids and times, without content, tokens or addresses', async () => {
  const server = await startServer();
  const [ann, ben] = await Promise.all([server.person('Ann'), server.person('Ben')]);
  const { id: conversationId } = await ann.must('conversation.create', { userId: ben.userId });
  server.log.length = 0;
  await ann.must('message.send', { conversationId, content: 'For your eyes only' });
  await ann.must('message.send', { conversationId, content: 'For your eyes only' }, 'socket');
  await ann.http('message.send', { conversationId, content: '' });
  await fetch(`${server.url}/api/auth/reset-password/secret-of-the-link`);
  const secret = 'a very secret password';
  await fetch(`${server.url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'private@example.com', password: secret }),
  });
  await ann.disconnect();
  while (server.app.connectionsOf(ann.userId) > 0) await new Promise((resolve) => setImmediate(resolve));
  const lines = server.log
    .filter(({ msg }) => !String(msg).startsWith('better-auth'))
    .map(({ msg, door, command, path, status, code }) => ({ msg, door, command, path, status, code }));
  expect(lines).toMatchObject([
    { msg: 'command', door: 'http', command: 'message.send' },
    { msg: 'socket opened' },
    { msg: 'command', door: 'socket', command: 'message.send' },
    { msg: 'command', door: 'http', command: 'message.send', code: 'invalid_input' },
    { msg: 'request', door: 'http', path: '/api/auth/reset-password' },
    { msg: 'request', door: 'http', path: '/api/auth/sign-in', status: 401 },
    { msg: 'socket closed' },
  ]);
  expect(server.log.filter((line) => line.msg === 'command').every((line) => typeof line.requestId === 'string' && typeof line.ms === 'number')).toBe(
    true,
  );
  const text = JSON.stringify(server.log);
  for (const hidden of ['eyes only', ann.token, 'secret', 'private@example.com']) expect(text).not.toContain(hidden);
  await server.stop();
});
