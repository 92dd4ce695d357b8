/** Several processes of Chinwag on one Postgres. */
import type { Target } from './load.ts';
import { dataFolder, ownDatabase, type Filled, type Running } from './peer.ts';
import { fillChinwag, serve } from './peers.ts';

export type Cluster = Target & {
  processes: Running[];
  fill(people: number, conversations: number[][]): Promise<Filled>;
  /** One more process on the same database. */
  join(): Promise<Running>;
  /** Told to end, as a deploy does it, and waited for. */
  leave(process: Running): Promise<void>;
  /** Frames that the processes told each other so far, and heard of each other. */
  crossed(): Promise<{ told: number; heard: number }>;
  stop(): Promise<void>;
};

export async function startCluster(size: number, settings: Record<string, string>): Promise<Cluster> {
  const [folder, database] = [dataFolder(), await ownDatabase()];
  const processes: Running[] = [];
  const join = async (): Promise<Running> => {
    const process = await serve({ DATA_DIR: folder.path, DATABASE_URL: database.url, ...settings });
    processes.push(process);
    return process;
  };
  while (processes.length < size) await join();
  const [port = 0] = processes.map((process) => process.port);
  await Promise.all(processes.map((process) => knows(process, size)));
  return {
    name: 'Postgres',
    adapter: 'chinwag',
    // What is committed here and heard of there waits for its place for REORDER_HOLD_MS; after that clients fetch what is missing.
    keepsOrder: size === 1,
    port,
    ports: processes.map((process) => process.port),
    processes,
    fill: (people, conversations) => fillChinwag(port, people, conversations),
    join,
    async leave(process) {
      processes.splice(processes.indexOf(process), 1);
      await process.stop();
    },
    async crossed() {
      const sum = async (way: string): Promise<number> =>
        (await Promise.all(processes.map((process) => figure(process, `chinwag_bus_frames_total{way="${way}"}`)))).reduce((a, b) => a + b, 0);
      return { told: await sum('out'), heard: await sum('in') };
    },
    async stop() {
      await Promise.all(processes.map((process) => process.stop()));
      await database.drop();
      await folder.remove();
    },
  };
}

/** A process that does not know the others yet would keep to itself what it has to tell. */
export async function knows(process: Running, size: number): Promise<void> {
  while ((await figure(process, 'chinwag_processes')) !== size) await Bun.sleep(20);
}

async function figure({ port }: Running, name: string): Promise<number> {
  const lines = (await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()).split('\n');
  return Number(lines.find((line) => line.startsWith(`${name} `))?.slice(name.length) ?? 0);
}
