import type { Peer, PeerName } from './peer.ts';

/** One run's figures, by name. Names end in their unit. */
export type Sample = Record<string, number>;
/** A peer that stands ready for one case. */
export type Bench = { run(share: number): Promise<Sample>; stop(): Promise<void> };
/** What is aimed at: the figure of `of` divided by that of `against`, or the figure itself where there is none. */
export type Aim = { figure: string; of: PeerName; against?: PeerName; atLeast?: number; atMost?: number };
export type Case = {
  /** Begins with the scenario's name: s2-8. */
  name: string;
  title: string;
  peers: PeerName[];
  /** The figures of the printed table; the others are kept in the results only. */
  shown: string[];
  aims: Aim[];
  /** `cold` has no warm-up: what is measured is the first time. */
  cold?: boolean;
  /** How often, where it is not as often as everything else. */
  runs?: number;
  prepare(peer: PeerName): Promise<Bench>;
};

/** BENCH_SCALE=0.1 makes everything smaller, to try the benchmarks out; figures of such a run mean little. */
export const scale = Number(process.env.BENCH_SCALE ?? 1);
export const scaled = (count: number, atLeast = 1): number => Math.max(atLeast, Math.round(count * scale));

export const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

export function benchOf(peer: Peer, run: (share: number) => Promise<Sample>): Bench {
  return { run, stop: () => peer.stop() };
}
