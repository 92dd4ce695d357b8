/** Medians, the table and whether the aims were met. */
import type { Aim, Case, Sample } from './scenario.ts';
import type { PeerName } from './peer.ts';

export type Result = { case: Case; runs: Map<PeerName, Sample[]> };
type Spread = { median: number; min: number; max: number };

export function spreadOf(samples: Sample[], figure: string): Spread | null {
  const values = samples.flatMap((sample) => sample[figure] ?? []).toSorted((a, b) => a - b);
  const [min = 0, max = 0] = [values[0], values.at(-1)];
  return values.length === 0 ? null : { median: values[Math.floor(values.length / 2)] ?? 0, min, max };
}

export function table(results: Result[]): string {
  const names = [...new Set(results.flatMap(({ runs }) => [...runs.keys()]))];
  const head = ['scenario', 'figure', ...names];
  const rows = results.flatMap((result) =>
    result.case.shown.map((figure, i) => [
      i === 0 ? result.case.title : '',
      figure,
      ...names.map((name) => cell(spreadOf(result.runs.get(name) ?? [], figure))),
    ]),
  );
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function cell(spread: Spread | null): string {
  if (spread === null) return '';
  const { median, min, max } = spread;
  return min === max ? short(median) : `${short(median)} (${short(min)}–${short(max)})`;
}

function short(value: number): string {
  if (value >= 1e6) return `${(value / 1e6).toFixed(2)} M`;
  if (value >= 1e4) return `${(value / 1e3).toFixed(1)}k`;
  if (value >= 100) return String(Math.round(value));
  return String(Number(value.toPrecision(3)));
}

export type Verdict = { case: string; aim: string; reached: number; met: boolean };

export function verdicts(results: Result[]): Verdict[] {
  return results.flatMap((result) =>
    result.case.aims.flatMap((aim) => {
      const reached = reachedBy(result, aim);
      if (reached === null) return [];
      const met = reached >= (aim.atLeast ?? -Infinity) && reached <= (aim.atMost ?? Infinity);
      return [{ case: result.case.name, aim: sentence(aim), reached: Number(reached.toPrecision(3)), met }];
    }),
  );
}

function reachedBy({ runs }: Result, { figure, of, against }: Aim): number | null {
  const own = spreadOf(runs.get(of) ?? [], figure);
  const other = against ? spreadOf(runs.get(against) ?? [], figure) : null;
  if (own === null || (against && !other)) return null;
  return other ? own.median / other.median : own.median;
}

function sentence({ figure, of, against, atLeast, atMost }: Aim): string {
  const bound = atLeast === undefined ? `at most ${atMost}` : `at least ${atLeast}`;
  return against ? `${figure}: ${of} ${bound} × ${against}` : `${figure}: ${of} ${bound}`;
}
