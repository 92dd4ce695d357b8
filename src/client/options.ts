import type { Ports, WebSocketLike } from './ports.ts';
import type { Token } from './session.ts';

export type ClientOptions = {
  /** Address of the server, like https://chat.example.com. In a browser by default the one that the page came from. */
  url?: string;
  /** A bearer token, or what fetches a fresh one. In a browser the session cookie is used where there is none. */
  token?: Token;
  /** The Cookie header of somebody's session, for programs that act for them. Browsers send theirs by themselves. */
  cookie?: string;
  /**
   * With the key of an organisation as `token`: in whose name it acts, a person's id or `ext:<your own id of them>`. By default as its bot.
   * A key belongs on servers, never into a page.
   */
  actAs?: string;
  /**
   * Who the page knows to be signed in, by id or externalId. What is kept for them then shows before the server has answered, also
   * where `token` cannot be had offline, and nothing of anybody else.
   */
  userId?: string;
  /** Whether the state and unsent messages outlive the page. By default they do, in browsers. */
  persist?: boolean;
  /**
   * How a socket is made where the platform has no WebSocket of its own (Node before 22), for example with the `ws` package:
   * `(url, protocol, headers) => new WebSocket(url, protocol, { headers })`.
   */
  webSocket?: (url: string, protocol: string, headers: Record<string, string>) => WebSocketLike;
  ports?: Partial<Ports>;
};
