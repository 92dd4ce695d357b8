import { expect, test } from 'bun:test';
import { PASSWORD, worlds, type Reply } from './world.ts';

function expectLimited(reply: Reply): void {
  expect(reply.status).toBe(429);
  const { code, requestId, retryAfter } = reply.body.error;
  expect(code).toBe('rate_limited');
  expect(requestId).toBeString();
  expect(retryAfter).toBeGreaterThan(0);
  expect(reply.headers.get('retry-after')).toBe(String(retryAfter));
}

worlds('limits', (world) => {
  const wrong = (email: string, address: string) => ({ body: { email, password: 'not the password' }, address });

  test('sign-ins to one account are limited from all addresses together, whatever the case of the address', async () => {
    const { auth, lines } = world().again({ rateSignInsPerAccountPerMinute: 3 });
    for (let i = 0; i < 3; i++) expect((await auth('/sign-in/email', wrong('victim@example.com', `192.0.2.${i}`))).status).toBe(401);
    expectLimited(await auth('/sign-in/email', wrong(' VICTIM@example.com', '192.0.2.9')));
    expect((await auth('/sign-in/email', wrong('other@example.com', '192.0.2.9'))).status).toBe(401);
    expect(lines.join()).not.toContain('victim');
  });

  test('sign-ins from one address are limited, and so is guessing the present password', async () => {
    const { auth, signUp } = world().again({ rateSignInsPerMinute: 3 });
    const { token } = await signUp('Ann');
    for (let i = 0; i < 2; i++) expect((await auth('/sign-in/email', wrong(`${i}@example.com`, '192.0.2.1'))).status).toBe(401);
    const guess = { body: { currentPassword: 'a guess or two', newPassword: 'something new' }, token, address: '192.0.2.1' };
    expect((await auth('/change-password', guess)).status).toBe(400);
    expectLimited(await auth('/change-password', guess));
    expectLimited(await auth('/sign-in/email', wrong('3@example.com', '192.0.2.1')));
    expect((await auth('/sign-in/email', wrong('4@example.com', '192.0.2.2'))).status).toBe(401);
  });

  test('accounts and guests of one address are limited; what the client says of its address does not count', async () => {
    const { auth } = world().again({ rateSignUpsPerHour: 2 });
    const forwarded = { 'x-forwarded-for': '203.0.113.7', 'x-chinwag-client-address': '203.0.113.8' };
    expect((await auth('/sign-up/email', { body: { name: 'B', email: 'b@example.com', password: PASSWORD } })).status).toBe(200);
    expect((await auth('/sign-in/anonymous', { body: {}, headers: forwarded })).status).toBe(200);
    expectLimited(await auth('/sign-in/anonymous', { body: {}, headers: forwarded }));
    expectLimited(await auth('/sign-up/email', { body: { name: 'C', email: 'c@example.com', password: PASSWORD }, headers: forwarded }));
    const sessions = await world().store.read.select().from(world().store.tables.session);
    expect(sessions.map((session) => session.ipAddress)).not.toContain('203.0.113.7');
    expect(sessions.at(-1)?.ipAddress).toBe('192.0.2.1');
  });

  test('an address that shows many bad tokens is told to wait; good ones pass meanwhile', async () => {
    const { signUp, who, refused } = world().again({ rateConnectsPerMinute: 3 });
    const { token } = await signUp('Dee');
    for (let i = 0; i < 3; i++) expect(await refused(`wrong${i}`)).toBe('unauthenticated');
    expect(await refused('wrong')).toBe('rate_limited');
    expect((await who(token)).name).toBe('Dee');
  });

  test('better-auth’s own limits are off', async () => {
    const { auth } = world().again({ rateSignInsPerMinute: 100, rateSignInsPerAccountPerMinute: 100 });
    for (let i = 0; i < 5; i++) expect((await auth('/sign-in/email', wrong('many@example.com', '192.0.2.3'))).status).toBe(401);
  });
});
