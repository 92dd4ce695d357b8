/**
 * The load: opens the sockets of a plan, sends with so many in flight, counts every delivery and checks its order.
 * A process of its own; says which share of its core it used, since near 1 it is the client that is measured.
 */
export type Plan = {
  sockets: { url: string; token: string | null; room: string; sends: boolean }[];
  inFlight: number;
  sendsEach: number;
  content: string;
};
export type Measured = { sends: number; deliveries: number; seconds: number; missing: number; disordered: number; clientCpuShare: number };

const plan: Plan = await Bun.stdin.json();
const perRoom = Map.groupBy(plan.sockets, (socket) => socket.room);
const expected = plan.sockets.reduce(
  (sum, socket) => sum + (perRoom.get(socket.room) ?? []).filter((other) => other.sends).length * plan.sendsEach,
  0,
);
let deliveries = 0;
let disordered = 0;
let finish: () => void;
const delivered = new Promise<void>((resolve) => (finish = resolve));

const senders: (() => Promise<void>)[] = [];
await Promise.all(plan.sockets.map(open));
const cpuBefore = process.cpuUsage();
const startedAt = performance.now();
await Promise.all(senders.map((send) => send()));
await delivered;
const seconds = (performance.now() - startedAt) / 1000;
const cpu = process.cpuUsage(cpuBefore);
const measured: Measured = {
  sends: senders.length * plan.sendsEach,
  deliveries,
  seconds,
  missing: expected - deliveries,
  disordered,
  clientCpuShare: (cpu.user + cpu.system) / 1e6 / seconds,
};
console.log(JSON.stringify(measured));
process.exit(0);

function open({ url, token, room, sends }: Plan['sockets'][number]): Promise<void> {
  return new Promise((resolve, reject) => {
    // Bun's WebSocket takes headers; the type of browsers does not know them.
    const options = token === null ? {} : { headers: { authorization: `Bearer ${token}` } };
    const socket = new WebSocket(url, options as unknown as string[]);
    const waiting = new Map<number, () => void>();
    let lastSeq = 0;
    socket.onerror = () => reject(new Error('a socket failed'));
    socket.onmessage = ({ data }) => {
      const text = String(data);
      if (text.startsWith('{"re":')) {
        const reply = JSON.parse(text);
        if (!reply.ok) throw new Error(text);
        waiting.get(reply.re)?.();
        waiting.delete(reply.re);
      } else if (text.startsWith('{"type":"message.created"')) {
        const seq = Number(/"seq":(\d+)/.exec(text)?.[1] ?? lastSeq + 1);
        if (seq <= lastSeq) disordered++;
        lastSeq = seq;
        if (++deliveries === expected) finish();
      } else if (text.startsWith('{"type":"hello"')) resolve();
    };
    if (!sends) return;
    senders.push(async () => {
      let next = 0;
      const lane = async (): Promise<void> => {
        while (next < plan.sendsEach) {
          const id = ++next;
          const answered = new Promise<void>((done) => waiting.set(id, done));
          socket.send(JSON.stringify({ id, type: 'message.send', data: { conversationId: room, clientId: `${id}`, content: plan.content } }));
          await answered;
        }
      };
      await Promise.all(Array.from({ length: plan.inFlight }, lane));
    });
  });
}
