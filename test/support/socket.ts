import type { Answer } from './person.ts';

export type TestEvent = { type: string; conversationId?: string; rev?: number; data: any };

export type TestSocket = {
  hello: any;
  /** Every event since the beginning, in order. */
  events: TestEvent[];
  /** Every frame as it came. */
  frames: any[];
  call(type: string, data?: Record<string, unknown>): Promise<Answer>;
  send(frame: string | Uint8Array<ArrayBuffer>): void;
  /** The first event from here on that fits; waits for it. */
  event(type: string, fits?: (event: TestEvent) => boolean): Promise<TestEvent>;
  /** The first frame from here on that fits. */
  frame(fits: (frame: any) => boolean): Promise<any>;
  /** Events since the last look. Everything that was published before the call is in it: frames of one socket keep their order. */
  everything(): Promise<TestEvent[]>;
  /** The same without presence, which comes and goes with the test's own connections. */
  news(): Promise<TestEvent[]>;
  closed: Promise<{ code: number; reason: string }>;
  close(): Promise<void>;
  /** The connection is gone without a word, as in a tunnel. */
  drop(): Promise<void>;
};

export async function connect(url: string, headers: Record<string, string> = {}, protocols: string[] = ['chinwag.v1']): Promise<TestSocket> {
  const socket = new WebSocket(url, { headers, protocols } as unknown as string[]);
  const frames: any[] = [];
  const events: TestEvent[] = [];
  const waiting = new Set<{ fits(frame: any): boolean; resolve(frame: any): void; reject(error: Error): void }>();
  let lastId = 0;
  let looked = 0;
  let gone: Error | null = null;
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.onclose = ({ code, reason }) => {
      resolve({ code, reason });
      gone = new Error(`the socket closed with ${code} ${reason}`);
      for (const waiter of waiting) waiter.reject(gone);
    };
  });
  socket.onerror = () => undefined;
  socket.onmessage = ({ data }) => {
    const frame = JSON.parse(String(data));
    frames.push(frame);
    if ('type' in frame && frame.type !== 'hello' && frame.type !== 'pong') events.push(frame);
    for (const waiter of [...waiting]) {
      if (!waiter.fits(frame)) continue;
      waiting.delete(waiter);
      waiter.resolve(frame);
    }
  };
  const frame = (fits: (frame: any) => boolean): Promise<any> =>
    new Promise((resolve, reject) => {
      if (gone) reject(gone);
      else waiting.add({ fits, resolve, reject });
    });

  async function everything(): Promise<TestEvent[]> {
    const pong = frame((candidate) => candidate.type === 'pong');
    socket.send('{"type":"ping"}');
    await pong;
    const fresh = events.slice(looked);
    looked = events.length;
    return fresh;
  }

  const hello = await frame((candidate) => candidate.type === 'hello');
  return {
    hello: hello.data,
    events,
    frames,
    async call(type, data = {}) {
      const id = ++lastId;
      const answer = frame((candidate) => candidate.re === id);
      socket.send(JSON.stringify({ id, type, data }));
      const { ok, data: result, error } = await answer;
      return ok ? { ok, status: null, data: result } : { ok, status: null, error };
    },
    send: (raw) => socket.send(raw),
    event: async (type, fits = () => true) =>
      events.find((event) => event.type === type && fits(event)) ?? frame((candidate) => candidate.type === type && fits(candidate)),
    frame,
    everything,
    news: async () => (await everything()).filter((event) => event.type !== 'presence.updated'),
    closed,
    async close() {
      socket.close();
      await closed;
    },
    async drop() {
      // Bun's own; browsers have none.
      (socket as WebSocket & { terminate(): void }).terminate();
      await closed;
    },
  };
}
