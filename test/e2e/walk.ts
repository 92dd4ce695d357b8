/** What a reader met on the way: each message once, in the order of the first sight. */
export type Walk = { met: number[]; texts: string[]; disorder: string[]; rowsMax: number; framesMs: number[] };

type Way = {
  /** In screens; upwards below zero. */
  step: number;
  /** The `seq` of a message, or a part of its text. */
  until: number | string;
};

/** In the page: scrolls by parts of a screen and notes what is seen, until a message is met. */
export async function walk({ step, until }: Way): Promise<Walk> {
  const box = document.querySelector<HTMLElement>('.scroller');
  if (!box) throw new Error('no messages');
  // After the frame was painted: before that, rows that came in are not measured yet.
  const frame = (): Promise<number> => new Promise((resolve) => void requestAnimationFrame((at) => void setTimeout(resolve, 0, at)));
  const walked: Walk = { met: [], texts: [], disorder: [], rowsMax: 0, framesMs: [] };
  const known = new Set<number>();
  let there = false;

  function look(screen: DOMRect): void {
    const rows = [...document.querySelectorAll<HTMLElement>('.rows [data-seq]')];
    walked.rowsMax = Math.max(walked.rowsMax, rows.length);
    const seen = rows.flatMap((row) => {
      const { top, bottom } = row.getBoundingClientRect();
      return bottom > screen.top && top < screen.bottom
        ? [{ seq: Number(row.dataset['seq']), text: row.querySelector<HTMLElement>('.content')?.innerText ?? '', top, bottom }]
        : [];
    });
    for (const [i, row] of seen.entries()) {
      const before = seen[i - 1];
      if (before && (row.seq !== before.seq + 1 || row.top < before.bottom - 1.5)) walked.disorder.push(`${before.seq} before ${row.seq}`);
    }
    for (const { seq, text } of step < 0 ? seen.toReversed() : seen) {
      if (known.has(seq)) continue;
      known.add(seq);
      walked.met.push(seq);
      walked.texts.push(text);
      there ||= seq === until || (typeof until === 'string' && text.includes(until));
    }
  }

  let last = await frame();
  look(box.getBoundingClientRect());
  while (!there) {
    box.scrollBy(0, step * box.clientHeight);
    const now = await frame();
    walked.framesMs.push(now - last);
    last = now;
    look(box.getBoundingClientRect());
  }
  return walked;
}
