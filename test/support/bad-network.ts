import { platform, type Ports, type RawSocketEvents } from '../../src/client/ports.ts';

export type Fault = 'lose the question' | 'lose the answer' | 'ask twice' | 'answer late';

/**
 * What lies between one page and the server, and goes wrong when the test says so. A connection that was cut is noticed at once; what
 * was on its way through it may still arrive, after the next connection was made.
 */
export function createBadNetwork() {
  const sockets = new Set<() => void>();
  const late: (() => void)[] = [];
  let up = true;
  let dead = false;
  let fault: Fault | null = null;

  /** Each fault happens once, to whatever comes next. */
  function take(): Fault | null {
    const next = fault;
    fault = null;
    return next;
  }

  async function fetch(url: string, init: RequestInit): Promise<Response> {
    const now = take();
    if (!up || now === 'lose the question') throw new TypeError('fetch failed');
    if (now === 'ask twice') await platform.fetch(url, init);
    const answer = await platform.fetch(url, init);
    if (!up || now === 'lose the answer') throw new TypeError('fetch failed');
    return answer;
  }

  const openSocket: Ports['openSocket'] = (url, protocol, headers, on) => {
    if (!up) {
      queueMicrotask(() => on.closed(1006, ''));
      return { send: () => {}, close: () => {} };
    }
    let cut = false;
    const told: RawSocketEvents = {
      frame: (text) => (cut ? void late.push(() => on.frame(text)) : on.frame(text)),
      closed: (code, reason) => {
        sockets.delete(drop);
        if (!cut && !dead) on.closed(code, reason);
      },
    };
    const real = platform.openSocket(url, protocol, headers, told);
    const drop = (): void => {
      cut = true;
      real.close();
      if (!dead) on.closed(1006, '');
    };
    sockets.add(drop);
    return {
      send(text) {
        const now = text.includes('"ping"') ? null : take();
        if (now === 'lose the question') return drop();
        real.send(text);
        if (now === 'ask twice') real.send(text);
        // It is asked, and the answer comes too late or never.
        if (now === 'lose the answer' || now === 'answer late') drop();
      },
      close: () => real.close(),
    };
  };

  const drop = (): void => [...sockets].forEach((one) => one());

  return {
    fetch,
    openSocket,
    drop,
    fail: (next: Fault): void => void (fault = next),
    /** What was held back by cut connections comes, when nobody wants it any more. */
    deliverLate: (): void => late.splice(0).forEach((arrive) => arrive()),
    setUp(now: boolean): void {
      up = now;
      if (!now) drop();
    },
    /** The page is gone: it asks and hears nothing any more. */
    kill(): void {
      dead = true;
      up = false;
      drop();
    },
  };
}

export type BadNetwork = ReturnType<typeof createBadNetwork>;
