import { commands } from '../../src/features/index.ts';
import { takesQuery } from '../../src/kernel/command.ts';
import type { WireError } from '../../src/wire/errors.ts';
import { connect, type TestSocket } from './socket.ts';

export type Answer = { ok: true; status: number | null; data: any } | { ok: false; status: number | null; error: WireError };
export type Door = 'http' | 'socket';

/** A client as somebody else would write it, from the documents: HTTP and one socket. */
export type Person = {
  userId: string;
  name: string;
  token: string;
  http(name: string, input?: Record<string, unknown>, headers?: Record<string, string>): Promise<Answer>;
  /** Through a socket; opened at the first call. */
  ws(name: string, input?: Record<string, unknown>): Promise<Answer>;
  by(door: Door, name: string, input?: Record<string, unknown>): Promise<Answer>;
  /** The data of an answer that must be good. */
  must(name: string, input?: Record<string, unknown>, door?: Door): Promise<any>;
  connect(): Promise<TestSocket>;
  /** Why no socket opens. `expect(…).rejects` holds up the event loop that the server of the test shares, a third of a second each time. */
  refusal(): Promise<string>;
  readonly socket: TestSocket | null;
  disconnect(): Promise<void>;
};

type Options = { userId: string; name: string; token: string; url(): string; actAs?: string };

export function createPerson({ userId, name, token, url, actAs }: Options): Person {
  const shown = { authorization: `Bearer ${token}`, ...(actAs !== undefined && { 'act-as': actAs }) };
  let socket: TestSocket | null = null;

  const person: Person = {
    userId,
    name,
    token,
    async http(commandName, input = {}, headers = {}) {
      const { method, path, rest } = routeOf(commandName, input);
      const inQuery = takesQuery(method);
      const query = inQuery ? queryOf(rest) : '';
      const response = await fetch(`${url()}/api/chat${path}${query}`, {
        method,
        headers: { ...shown, ...(inQuery ? {} : { 'content-type': 'application/json' }), ...headers },
        ...(inQuery ? {} : { body: JSON.stringify(rest) }),
      });
      const body = response.status === 204 ? {} : await response.json();
      return response.ok ? { ok: true, status: response.status, data: body } : { ok: false, status: response.status, error: body.error };
    },
    async ws(commandName, input = {}) {
      const open = socket ?? (await person.connect());
      return open.call(commandName, input);
    },
    by: (door, commandName, input) => (door === 'http' ? person.http(commandName, input) : person.ws(commandName, input)),
    async must(commandName, input = {}, door = 'http') {
      const answer = await person.by(door, commandName, input);
      if (!answer.ok) throw new Error(`${name}: ${commandName} failed: ${JSON.stringify(answer.error)}`);
      return answer.data;
    },
    refusal: () =>
      person.connect().then(
        () => 'a socket opened',
        (error: Error) => error.message,
      ),
    async connect() {
      socket = await connect(`${url().replace('http', 'ws')}/api/chat/ws`, shown);
      return socket;
    },
    get socket() {
      return socket;
    },
    async disconnect() {
      await socket?.close();
      socket = null;
    },
  };
  return person;
}

/** The first route of a command whose path parameters are all in the input. */
function routeOf(name: string, input: Record<string, unknown>): { method: string; path: string; rest: Record<string, unknown> } {
  const command = commands.find((candidate) => candidate.name === name);
  const parameters = (path: string): string[] => [...path.matchAll(/:(\w+)/g)].map((match) => match[1] ?? '');
  const routes = [...(command?.http ?? [])].sort((a, b) => parameters(b.path).length - parameters(a.path).length);
  const route = routes.find(({ path }) => parameters(path).every((parameter) => input[parameter] !== undefined));
  if (!route) throw new Error(`${name} has no route for ${JSON.stringify(Object.keys(input))}`);
  const used = parameters(route.path);
  const path = route.path.replace(/:(\w+)/g, (_, parameter: string) => encodeURIComponent(String(input[parameter])));
  const rest = Object.fromEntries(Object.entries(input).filter(([key]) => !used.includes(key)));
  return { method: ([route.method].flat()[0] ?? 'get').toUpperCase(), path, rest };
}

function queryOf(input: Record<string, unknown>): string {
  const query = new URLSearchParams(Object.entries(input).map(([key, value]) => [key, String(value)]));
  return query.size > 0 ? `?${query}` : '';
}
