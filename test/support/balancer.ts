import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export type Balancer = { url: string; close(): Promise<void> };

/** One address for several processes, as a load balancer has: each connection goes to the next one that takes it. */
export async function startBalancer(ports: () => number[]): Promise<Balancer> {
  const open = new Set<Socket>();
  let turn = 0;
  const server = createServer((near) => {
    keep(near);
    const targets = ports();
    tryNext(near, targets, turn++, targets.length);
  });

  function keep(socket: Socket): void {
    open.add(socket);
    socket.on('error', () => undefined).on('close', () => open.delete(socket));
  }

  function tryNext(near: Socket, targets: number[], at: number, left: number): void {
    const port = targets[at % targets.length];
    if (left === 0 || port === undefined) return void near.destroy();
    const far = connect(port, '127.0.0.1');
    keep(far);
    let taken = false;
    far.on('connect', () => {
      taken = true;
      near.pipe(far);
      far.pipe(near);
    });
    far.on('close', () => (taken ? near.destroy() : tryNext(near, targets, at + 1, left - 1)));
    near.on('close', () => far.destroy());
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}
