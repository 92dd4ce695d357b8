import { expect, test } from 'bun:test';
import { startServer } from '../support/server.ts';

test('health, readiness and metrics', async () => {
  const server = await startServer({ config: { metricsToken: 'scrape me' } });
  const [ann, ben] = await Promise.all([server.person('Ann'), server.person('Ben')]);
  const { id: conversationId } = await ann.must('conversation.create', { userId: ben.userId });
  await ben.connect();
  await ann.must('message.send', { conversationId, content: 'Hello' });
  await ann.http('message.send', { conversationId, content: '' });
  await ben.ws('person.me');
  expect(await (await fetch(`${server.url}/healthz`)).json()).toEqual({ status: 'ok' });
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  expect((await fetch(`${server.url}/metrics`)).status).toBe(401);
  // A job of a newer release, and one that was given up.
  const { store } = server.app.ports;
  const job = { payload: {}, dueAt: 0, createdAt: 0 };
  await store.tx(
    async (db) =>
      void (await db.insert(store.tables.outbox).values([
        { ...job, id: 'one', kind: 'of.tomorrow' },
        { ...job, id: 'two', kind: 'push.deliver', failedAt: 1 },
      ])),
  );
  const text = await (await fetch(`${server.url}/metrics`, { headers: { authorization: 'Bearer scrape me' } })).text();
  const value = (name: string): number => Number(new RegExp(`^${name.replace(/[{}"]/g, '\\$&')} (.+)$`, 'm').exec(text)?.[1]);
  expect(value('chinwag_connections')).toBe(1);
  expect(value('chinwag_frames_total')).toBe(1);
  expect(value('chinwag_sends_total')).toBe(1);
  expect(value('chinwag_deliveries_total')).toBeGreaterThanOrEqual(1);
  expect(value('chinwag_errors_total{code="invalid_input"}')).toBe(1);
  expect(value('chinwag_commands_total{door="http",command="message.send",code="ok"}')).toBe(1);
  expect(value('chinwag_commit_batch_size_sum{lane="append"}')).toBe(1);
  expect([value('chinwag_jobs{kind="of.tomorrow",state="waiting"}'), value('chinwag_jobs{kind="of.tomorrow",state="dead"}')]).toEqual([1, 0]);
  expect([value('chinwag_jobs{kind="push.deliver",state="waiting"}'), value('chinwag_jobs{kind="push.deliver",state="dead"}')]).toEqual([0, 1]);
  for (const name of [
    'chinwag_append_queue',
    'chinwag_store_queue',
    'chinwag_event_loop_lag_seconds',
    'chinwag_command_seconds_count{door="http"}',
  ]) {
    expect([name, value(name)]).toEqual([name, expect.any(Number)]);
    expect(value(name)).not.toBeNaN();
  }
  await server.stop();
});
