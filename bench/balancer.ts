/** Hands each connection to the next process in turn, as a balancer in front of several does. */
import { connect, createServer, type AddressInfo } from 'node:net';

export type Balancer = { port: number; add(port: number): void; remove(port: number): void; stop(): void };

export async function startBalancer(first: number[]): Promise<Balancer> {
  const ports = [...first];
  let turn = 0;
  const server = createServer((client) => {
    const port = ports[turn++ % ports.length];
    if (port === undefined) return void client.destroy();
    const upstream = connect(port, '127.0.0.1');
    client.pipe(upstream).pipe(client);
    for (const socket of [client, upstream]) socket.on('error', () => (client.destroy(), upstream.destroy()));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    port: (server.address() as AddressInfo).port,
    add: (port) => void ports.push(port),
    /** New connections go elsewhere; those that are there are the process' to close. */
    remove: (port) => void ports.splice(ports.indexOf(port), 1),
    stop: () => void server.close(),
  };
}
