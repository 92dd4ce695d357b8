import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { createEar } from './postgres-talk.ts';

/** The end of an answer that leaves a transaction open. */
const OPEN = Buffer.from([0x5a, 0, 0, 0, 5, 0x54]);

export type Wire = {
  /** The address with the wire in between. */
  url: string;
  /** Nothing comes through until `release`; nothing is closed. */
  hold(): void;
  release(): void;
  /** What is open is cut, and what comes goes to that server. */
  turnTo(target: string): void;
  /** What the far side answers to what has `asked` in it (null: to anything) is not delivered, but the connection is cut, whenever `cut` says so. */
  cutAnswers(rule: { asked: string | null; answered: Buffer; cut(): boolean } | null): void;
  /**
   * Where the near side asks Postgres for such a statement, in an `open` transaction or without, the connection is cut whenever `cut` says so: before the
   * far side hears any of it, or, with `half`, when it has heard a part.
   */
  cutQuestions(rule: { asks(statement: string, open: boolean): boolean; half(): boolean; cut(): boolean } | null): void;
  /** Connections that were cut so far. */
  readonly cuts: number;
  close(): Promise<void>;
};

/** A TCP connection to a server that can be slow, silent and cut. `delayMs`: how long a piece is under way. */
export async function startWire(target: string, delayMs: () => number = () => 0): Promise<Wire> {
  let { hostname, port } = new URL(target);
  const open = new Set<Socket>();
  let rule: Parameters<Wire['cutAnswers']>[0] = null;
  let questions: Parameters<Wire['cutQuestions']>[0] = null;
  let held: PromiseWithResolvers<void> | null = null;
  let cuts = 0;

  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    const ear = createEar();
    let asked = false;
    let inTransaction = false;
    const cut = (): void => {
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) {
      open.add(socket);
      socket.setNoDelay(true);
      socket.on('error', cut).on('close', () => (open.delete(socket), cut()));
    }
    const toFar = forward(far);
    const toNear = forward(near);
    near.on('data', (piece: Buffer) => {
      const statements = ear(piece);
      if (questions && statements.some((statement) => questions?.asks(statement, inTransaction)) && questions.cut()) {
        cuts++;
        if (!questions.half()) return cut();
        near.destroy();
        return void far.end(piece.subarray(0, piece.length >> 1));
      }
      if (rule && (rule.asked === null || piece.includes(rule.asked))) asked = true;
      toFar(piece);
    });
    far.on('data', (piece: Buffer) => {
      inTransaction = piece.subarray(-OPEN.length).equals(OPEN);
      if (rule && asked && piece.includes(rule.answered)) {
        asked = false;
        if (rule.cut()) return (cuts++, cut());
      }
      toNear(piece);
    });
  });

  /** In order, each piece after its delay. */
  function forward(to: Socket): (piece: Buffer) => void {
    let last = Promise.resolve();
    return (piece) => {
      const ms = delayMs();
      const delayed = ms > 0 ? new Promise((resolve) => setTimeout(resolve, ms)) : null;
      last = last.then(async () => {
        await delayed;
        await held?.promise;
        if (!to.destroyed) to.write(piece);
      });
    };
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(target);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    hold: () => void (held ??= Promise.withResolvers<void>()),
    release() {
      held?.resolve();
      held = null;
    },
    turnTo(next) {
      ({ hostname, port } = new URL(next));
      for (const socket of open) socket.destroy();
    },
    cutAnswers: (next) => void (rule = next),
    cutQuestions: (next) => void (questions = next),
    get cuts() {
      return cuts;
    },
    async close() {
      held?.resolve();
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}
