import { readdirSync } from 'node:fs';
import { residentBytes } from '../machine.ts';
import type { Tally } from './crew.ts';

export type Sample = {
  atS: number;
  residentMB: number;
  handles: number;
  sendsPerSecond: number;
  heardPerSecond: number;
  heldBack: number;
  refused: Record<string, number>;
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
};

export function sampleOf(pid: number, atS: number, seconds: number, { acknowledged, heard, heldBack, refused, latenciesMs }: Tally): Sample {
  const sorted = Float64Array.from(latenciesMs).sort();
  const quantile = (share: number): number => Math.round((sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0) * 10) / 10;
  return {
    atS,
    residentMB: Math.round(residentBytes(pid) / 1_000_000),
    handles: readdirSync(`/proc/${pid}/fd`).length,
    sendsPerSecond: Math.round(acknowledged / seconds),
    heardPerSecond: Math.round(heard / seconds),
    heldBack,
    refused,
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
    maxMs: quantile(1),
  };
}

/** The last quarter may be so much above the second; the first is the warm-up. */
const FLAT_FACTOR = 1.1;

export type Verdict = { secondQuarterMB: number; lastQuarterMB: number; secondQuarterHandles: number; lastQuarterHandles: number; flat: boolean };

export function verdictOf(samples: Sample[]): Verdict {
  const quarter = (n: number): Sample[] => samples.slice(Math.floor((samples.length * n) / 4), Math.ceil((samples.length * (n + 1)) / 4));
  const median = (list: Sample[], figure: (sample: Sample) => number): number =>
    list.map(figure).sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0;
  const secondQuarterMB = median(quarter(1), (sample) => sample.residentMB);
  const lastQuarterMB = median(quarter(3), (sample) => sample.residentMB);
  return {
    secondQuarterMB,
    lastQuarterMB,
    secondQuarterHandles: median(quarter(1), (sample) => sample.handles),
    lastQuarterHandles: median(quarter(3), (sample) => sample.handles),
    flat: lastQuarterMB <= FLAT_FACTOR * secondQuarterMB,
  };
}
