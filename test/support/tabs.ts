import type { Candidate, Tabs } from '../../src/client/tabs.ts';

type Tab = { channels: Set<{ name: string; hear(message: unknown): void }>; frozen: boolean; open: boolean };
type Wish = { tab: Tab; on: { lead(): void; lost(): void } };

/** The tabs of one browser in memory. What is posted arrives in order and later, as a copy, as it does in a browser. */
export function createBrowser() {
  const tabs = new Set<Tab>();
  const lines = new Map<string, Wish[]>();

  function openTab() {
    const tab: Tab = { channels: new Set(), frozen: false, open: true };
    tabs.add(tab);
    const port: Tabs = { candidate: (name, on) => candidate(tab, name, on), channel: (name, hear) => channel(tab, name, hear) };
    return {
      port,
      /** As when the person closes it, or the program crashes: nothing is said any more, and its locks are free. */
      close(): void {
        tab.open = false;
        tabs.delete(tab);
        for (const name of lines.keys()) leaveLine(name, ({ tab: other }) => other === tab);
      },
      /** It keeps its locks and hears nothing. What was posted meanwhile is lost. */
      freeze: (frozen: boolean): void => void (tab.frozen = frozen),
    };
  }

  function candidate(tab: Tab, name: string, on: Wish['on']): Candidate {
    const wish: Wish = { tab, on };
    const line = lines.get(name) ?? [];
    lines.set(name, [...line, wish]);
    if (line.length === 0) later(tab, on.lead);
    return {
      steal() {
        const [holder, ...others] = lines.get(name) ?? [];
        if (holder === wish) return;
        const rest = others.filter((other) => other !== wish);
        lines.set(name, [wish, ...rest, ...(holder ? [holder] : [])]);
        if (holder) later(holder.tab, holder.on.lost);
        later(tab, on.lead);
      },
      withdraw: () => leaveLine(name, (other) => other === wish),
    };
  }

  function leaveLine(name: string, gone: (wish: Wish) => boolean): void {
    const before = lines.get(name) ?? [];
    const after = before.filter((wish) => !gone(wish));
    lines.set(name, after);
    const [first] = after;
    if (first && first !== before[0]) later(first.tab, first.on.lead);
  }

  function channel(tab: Tab, name: string, hear: (message: unknown) => void) {
    const own = { name, hear };
    tab.channels.add(own);
    return {
      post(message: unknown): void {
        const copy = structuredClone(message);
        if (!tab.open) return;
        for (const other of tabs) for (const heard of other.channels) if (heard.name === name && other !== tab) arrive(other, heard, copy);
      },
      close: () => void tab.channels.delete(own),
    };
  }

  function arrive(tab: Tab, to: { name: string; hear(message: unknown): void }, message: unknown): void {
    if (!tab.frozen) later(tab, () => tab.channels.has(to) && to.hear(message));
  }

  function later(tab: Tab, task: () => void): void {
    queueMicrotask(() => tab.open && task());
  }

  return { openTab };
}
