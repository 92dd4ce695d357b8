/** A person at work on one socket, which comes back when it is cut and repeats what was not acknowledged. */
export type Sent = { conversationId: string; clientId: string; dueAt: number };
export type Device = {
  send(message: Sent): void;
  /** Sent and not acknowledged. */
  readonly pending: number;
  /** The connection is gone without a word. */
  cut(): void;
  end(): void;
};
export type Ears = {
  acknowledged(message: Sent, seq: number): void;
  refused(code: string): void;
  heard(conversationId: string, seq: number): void;
  /** Something may have been missed before this. */
  opened(): void;
};

const AGAIN_MS = 200;

export function createDevice(url: string, token: string, ears: Ears): Device {
  const pending = new Map<string, Sent>();
  let socket: WebSocket | null = null;
  let ready = false;
  let ended = false;

  function open(): void {
    if (ended) return;
    const opening = new WebSocket(`${url.replace('http', 'ws')}/api/chat/ws`, {
      headers: { authorization: `Bearer ${token}` },
    } as unknown as string[]);
    socket = opening;
    opening.onmessage = ({ data }) => take(JSON.parse(String(data)));
    opening.onclose = () => {
      ready = false;
      setTimeout(open, AGAIN_MS);
    };
  }

  function take(frame: any): void {
    if (frame.type === 'hello') {
      ready = true;
      ears.opened();
      for (const message of pending.values()) say(message);
    } else if (frame.type === 'message.created') ears.heard(frame.conversationId, frame.data.seq);
    else if (frame.re !== undefined) answered(frame);
  }

  function answered({ re, ok, data, error }: any): void {
    const message = pending.get(re);
    if (!message) return;
    if (ok) {
      pending.delete(re);
      ears.acknowledged(message, data.seq);
      return;
    }
    ears.refused(error.code);
    setTimeout(() => say(message), AGAIN_MS);
  }

  function say({ conversationId, clientId }: Sent): void {
    if (!ready) return;
    const data = { conversationId, clientId, content: `${clientId} ${'x'.repeat(160)}` };
    socket?.send(JSON.stringify({ id: clientId, type: 'message.send', data }));
  }

  open();
  return {
    send(message) {
      pending.set(message.clientId, message);
      say(message);
    },
    get pending() {
      return pending.size;
    },
    // Bun's own; browsers have none.
    cut: () => (socket as (WebSocket & { terminate(): void }) | null)?.terminate(),
    end() {
      ended = true;
      socket?.close();
    },
  };
}
