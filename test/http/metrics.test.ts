import { expect, test } from 'bun:test';
import { createMetrics } from '../../src/http/metrics.ts';

test('what was counted and how long it took is told as Prometheus reads it, the same however often it is asked', async () => {
  const metrics = createMetrics();
  for (const bytes of [10, 5]) metrics.frame(bytes);
  for (const ms of [0.5, 0.51]) metrics.command('socket', 'message.send', 'ok', ms);
  metrics.command('http', 'person.me', 'internal', 20_000);
  metrics.delivered(3);
  metrics.batch('append', 1024, 1);
  const told = await metrics.text();
  const again = (await metrics.text()).split('\n').filter((line) => !line.startsWith('chinwag_resident_memory_bytes'));
  expect(again.filter((line) => !told.includes(line))).toEqual([]);
  const values = new Map(told.split('\n').flatMap((line) => (line.startsWith('#') ? [] : [line.split(/ (?=\S+$)/) as [string, string]])));
  const named = (start: string) => Object.fromEntries([...values].filter(([name]) => name.startsWith(start)));
  expect(named('chinwag_frame')).toEqual({ chinwag_frames_total: '2', chinwag_frame_bytes_total: '15' });
  expect(named('chinwag_deliveries_total')).toEqual({ chinwag_deliveries_total: '3' });
  expect(named('chinwag_commands_total')).toEqual({
    'chinwag_commands_total{door="socket",command="message.send",code="ok"}': '2',
    'chinwag_commands_total{door="http",command="person.me",code="internal"}': '1',
  });
  const bucket = (le: string, door: string) => values.get(`chinwag_command_seconds_bucket{le="${le}",door="${door}"}`);
  // A bucket has what is at most its bound, and everything of the buckets before it.
  expect(['0.0005', '0.001', '10', '+Inf'].map((le) => [bucket(le, 'socket'), bucket(le, 'http')])).toEqual([
    ['1', '0'],
    ['2', '0'],
    ['2', '0'],
    ['2', '1'],
  ]);
  expect(named('chinwag_command_seconds_sum')).toEqual({
    'chinwag_command_seconds_sum{door="socket"}': '0.00101',
    'chinwag_command_seconds_sum{door="http"}': '20',
  });
  expect(named('chinwag_command_seconds_count')).toEqual({
    'chinwag_command_seconds_count{door="socket"}': '2',
    'chinwag_command_seconds_count{door="http"}': '1',
  });
  expect(values.get('chinwag_commit_batch_size_bucket{le="1024",lane="append"}')).toBe('1');
  expect(named('chinwag_sends_total')).toEqual({ chinwag_sends_total: '1024' });
});
