import { createIndexedDbStorage } from './indexed-db.ts';
import type { Storage } from './storage.ts';
import { browserTabs, type Tabs } from './tabs.ts';

/** A socket as the client uses it. `send` after the close does nothing. */
export type RawSocket = { send(text: string): void; close(): void };
export type RawSocketEvents = {
  frame(text: string): void;
  /** Called once, also when the connection was never made. */
  closed(code: number, reason: string): void;
};

/** What the client needs of its surroundings. Tests hand in their own, so that no test waits for time. */
export type Ports = {
  fetch(url: string, init: RequestInit): Promise<Response>;
  openSocket(url: string, protocol: string, headers: Record<string, string>, on: RawSocketEvents): RawSocket;
  now(): number;
  /** Answers how to cancel it. */
  after(ms: number, task: () => void): () => void;
  /** From 0 up to, not including, 1. */
  random(): number;
  /** Tells when waiting makes no sense any longer: the network came or went, or somebody looks at the page again. */
  onWake(wake: () => void): () => void;
  /** Tells that the page may end without a further word. */
  onHide(task: () => void): () => void;
  /** Where the state and the outbox outlive the page. Null: nowhere. */
  openStorage(name: string): Storage | null;
  tabs: Tabs;
  /** Whether the platform keeps the session in a cookie, and lets no header into a socket. */
  browser: boolean;
};

export const platform: Ports = {
  fetch: (url, init) => fetch(url, init),
  openSocket: socketsMadeBy(standardSocket),
  now: () => Date.now(),
  after(ms, task) {
    const timer = setTimeout(task, ms);
    return () => clearTimeout(timer);
  },
  random: () => Math.random(),
  onWake,
  onHide,
  openStorage: (name) => ('document' in globalThis && 'indexedDB' in globalThis ? createIndexedDbStorage(name) : null),
  tabs: browserTabs(),
  browser: 'document' in globalThis,
};

/** What the client uses of a WebSocket. Everybody's have it. */
export type WebSocketLike = {
  readyState: number;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { code: number; reason: string }) => void): void;
  addEventListener(type: 'error', listener: () => void): void;
  send(text: string): void;
  close(code?: number): void;
};

const OPEN = 1;

export function socketsMadeBy(make: (url: string, protocol: string, headers: Record<string, string>) => WebSocketLike): Ports['openSocket'] {
  return (url, protocol, headers, on) => {
    const socket = make(url, protocol, headers);
    socket.addEventListener('message', ({ data }) => {
      if (typeof data === 'string') on.frame(data);
    });
    socket.addEventListener('close', ({ code, reason }) => on.closed(code, reason));
    // The close that follows says all that there is to know; some end the program where nobody hears of the error.
    socket.addEventListener('error', () => {});
    return {
      send: (text) => {
        if (socket.readyState === OPEN) socket.send(text);
      },
      close: () => socket.close(1000),
    };
  };
}

/** The types are a browser's, which takes no headers; Bun and Node do. */
function standardSocket(url: string, protocol: string, headers: Record<string, string>): WebSocketLike {
  if (!('WebSocket' in globalThis)) throw new Error('There is no WebSocket here: hand one in with `webSocket`.');
  if (Object.keys(headers).length === 0) return new WebSocket(url, protocol);
  const HeaderSocket = WebSocket as unknown as new (url: string, init: { protocols: string; headers: Record<string, string> }) => WebSocket;
  return new HeaderSocket(url, { protocols: protocol, headers });
}

function onWake(wake: () => void): () => void {
  if (!('document' in globalThis)) return () => {};
  const seen = (): void => {
    if (document.visibilityState === 'visible') wake();
  };
  addEventListener('online', wake);
  addEventListener('offline', wake);
  document.addEventListener('visibilitychange', seen);
  // Browsers freeze pages that nobody looks at, and let them go on now and then.
  document.addEventListener('resume', wake);
  return () => {
    document.removeEventListener('resume', wake);
    removeEventListener('offline', wake);
    removeEventListener('online', wake);
    document.removeEventListener('visibilitychange', seen);
  };
}

function onHide(task: () => void): () => void {
  if (!('document' in globalThis)) return () => {};
  const hidden = (): void => {
    if (document.visibilityState === 'hidden') task();
  };
  addEventListener('pagehide', task);
  document.addEventListener('visibilitychange', hidden);
  return () => {
    removeEventListener('pagehide', task);
    document.removeEventListener('visibilitychange', hidden);
  };
}
