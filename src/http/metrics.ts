import { Counter, Gauge, Histogram, Registry } from 'prom-client';

export type JobCount = { kind: string; waiting: number; dead: number };
type Gauges = {
  connections(): number;
  people(): number;
  unreadBytes(): number;
  appendQueue(): number;
  markQueue(): number;
  storeQueue(): number;
  jobs(): Promise<JobCount[]>;
  processes(): number;
};

/** Prometheus metrics. Labels are names from our own tables, so their number is bounded. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  // What happens with each frame is counted in numbers of our own: the library looks labels up at every count.
  const count = { frames: 0, frameBytes: 0, deliveries: 0 };
  const commands = new Map<string, { door: string; command: string; code: string; times: number }>();
  const told = (name: string, help: string, of: () => number): void => {
    const counter: Counter = new Counter({
      name,
      help,
      registers,
      collect(): void {
        counter.reset();
        counter.inc(of());
      },
    });
  };
  told('chinwag_frames_total', 'Frames received on sockets.', () => count.frames);
  told('chinwag_frame_bytes_total', 'Size of the frames received, in UTF-16 units.', () => count.frameBytes);
  const commandsTold = new Counter({
    name: 'chinwag_commands_total',
    help: 'Commands by door, name and outcome.',
    labelNames: ['door', 'command', 'code'],
    registers,
    collect(): void {
      commandsTold.reset();
      for (const { times, ...labels } of commands.values()) commandsTold.inc(labels, times);
    },
  });
  const errors = new Counter({ name: 'chinwag_errors_total', help: 'Failed commands by error code.', labelNames: ['code'], registers });
  const seconds = new Histogram({
    name: 'chinwag_command_seconds',
    help: 'Time from the call to the answer, in seconds.',
    labelNames: ['door'],
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const sends = new Counter({ name: 'chinwag_sends_total', help: 'Sends committed, repeats and refusals included.', registers });
  told('chinwag_deliveries_total', 'Events handed to subscribed sockets.', () => count.deliveries);
  const busFrames = new Counter({
    name: 'chinwag_bus_frames_total',
    help: 'Frames told to other processes, and heard of them.',
    labelNames: ['way'],
    registers,
  });
  const batchSize = new Histogram({
    name: 'chinwag_commit_batch_size',
    help: 'Items committed together.',
    labelNames: ['lane'],
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024],
    registers,
  });
  const batchSeconds = new Histogram({
    name: 'chinwag_commit_seconds',
    help: 'Time of a group commit, in seconds.',
    labelNames: ['lane'],
    buckets: [0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1],
    registers,
  });
  const lag = new Gauge({ name: 'chinwag_event_loop_lag_seconds', help: 'How late the last one-second tick was, in seconds.', registers });
  const started = new Gauge({ name: 'chinwag_start_time_seconds', help: 'When the process started, in seconds since 1970.', registers });
  const memory: Gauge = new Gauge({
    name: 'chinwag_resident_memory_bytes',
    help: 'Resident memory, in bytes.',
    registers,
    collect: (): void => memory.set(process.memoryUsage.rss()),
  });
  started.set(Date.now() / 1000 - process.uptime());

  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    frame(bytes: number): void {
      count.frames++;
      count.frameBytes += bytes;
    },
    command(door: string, command: string, code: string, ms: number): void {
      const key = `${door} ${command} ${code}`;
      const known = commands.get(key);
      if (known) known.times++;
      else commands.set(key, { door, command, code, times: 1 });
      seconds.observe({ door }, ms / 1000);
      if (code !== 'ok') errors.inc({ code });
    },
    busFrame: (way: 'in' | 'out'): void => busFrames.inc({ way }),
    delivered: (receivers: number): void => void (count.deliveries += receivers),
    batch(lane: 'append' | 'mark', size: number, ms: number): void {
      batchSize.observe({ lane }, size);
      batchSeconds.observe({ lane }, ms / 1000);
      if (lane === 'append') sends.inc(size);
    },
    lag: (seconds: number): void => lag.set(seconds),
    watch(gauges: Gauges): void {
      const gauge = (name: string, help: string, value: () => number): void => {
        const registered: Gauge = new Gauge({ name, help, registers, collect: () => registered.set(value()) });
      };
      gauge('chinwag_connections', 'Open sockets.', gauges.connections);
      gauge('chinwag_people', 'People with at least one open socket.', gauges.people);
      gauge('chinwag_unread_bytes', 'Output that waits for sockets to read it, in bytes.', gauges.unreadBytes);
      gauge('chinwag_append_queue', 'Sends waiting for a commit.', gauges.appendQueue);
      gauge('chinwag_mark_queue', 'Marks waiting for a commit.', gauges.markQueue);
      gauge('chinwag_store_queue', 'Writes waiting for the database.', gauges.storeQueue);
      gauge('chinwag_processes', 'Processes of this installation that are known to be alive.', gauges.processes);
      const jobs: Gauge = new Gauge({
        name: 'chinwag_jobs',
        help: 'Jobs in the outbox by kind: waiting, or dead, which is to say given up and left to be looked at.',
        labelNames: ['kind', 'state'],
        registers,
        async collect() {
          const counts = await gauges.jobs();
          jobs.reset();
          for (const { kind, waiting, dead } of counts) {
            jobs.set({ kind, state: 'waiting' }, waiting);
            jobs.set({ kind, state: 'dead' }, dead);
          }
        },
      });
    },
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
