import type { CloseCode } from '../wire/errors.ts';
import type { Event } from '../wire/events.ts';
import type { Hello } from '../wire/frames.ts';
import type { Call, CommandName } from './commands.ts';
import { ChinwagError, Disconnected, failureParts, type FailureParts } from './error.ts';
import type { Note } from './notes.ts';
import { newClientId } from './pending.ts';
import { createReplies } from './replies.ts';
import { createSocket, type SocketOptions } from './socket.ts';
import type { Connection } from './state.ts';
import type { Candidate, Channel, Tabs } from './tabs.ts';

/** A leader that says nothing for this long when it is asked has stopped: its browser froze it, or it hangs. */
const SILENCE_MS = 2_000;
type Said =
  | { kind: 'here?' }
  | { kind: 'woke' }
  | { kind: 'status'; leader: string; connection: Connection; told: number }
  | { kind: 'hello'; leader: string; to: string | null; hello: Hello; told: number }
  | { kind: 'join'; from: string }
  | { kind: 'event'; event: Event; told: number }
  | { kind: 'call'; from: string; id: number; name: CommandName; input: unknown }
  | { kind: 'answer'; to: string; id: number; data: unknown; failed: FailureParts | null }
  | { kind: 'end'; code: CloseCode }
  | { kind: 'note'; note: Note };

type Options = SocketOptions & {
  tabs: Tabs;
  onNote(note: Note): void;
  /** This tab leads now. */
  onLead(): void;
  /** Another tab leads, of which this one did not know, or which may not have heard what it was told. */
  onFollow(): void;
};

/**
 * One socket for all tabs. The leading tab has it and passes on what it hears, in order; the others call through it. Every tab keeps
 * a state of its own from that, so each is right for the same reasons as with a socket of its own. When the leader goes, the
 * next one connects, and its hello lets everybody sync.
 */
export function createSharedSocket({ tabs, ...options }: Options) {
  const { ports } = options;
  const self = newClientId();
  let channel: Channel | null = null;
  let candidate: Candidate | null = null;
  let leading = false;
  let leader: string | null = null;
  let connection: Connection = { state: 'off' };
  let greeting: { hello: Hello; at: number } | null = null;
  /** How many events the leader has told: who missed one while it stood still asks for a hello, and syncs. */
  let told = 0;
  let cancelSilence: (() => void) | null = null;
  let stopWaking = (): void => {};

  const socket = createSocket({
    ...options,
    onStatus(now) {
      if (!leading) return;
      connection = now;
      tellStatus();
      follow(now);
    },
    onHello(hello) {
      greeting = { hello, at: ports.now() };
      tell({ kind: 'hello', leader: self, to: null, hello, told });
      options.onHello(hello);
    },
    onEvent(event) {
      tell({ kind: 'event', event, told: ++told });
      options.onEvent(event);
    },
    onEnd(code) {
      tell({ kind: 'end', code });
      options.onEnd(code);
    },
  });

  const replies = createReplies(ports);
  const tell = (said: Said): void => channel?.post(said);
  const tellStatus = (): void => tell({ kind: 'status', leader: self, connection, told });

  /** Tabs that name the same share one socket. */
  function start(name: string): void {
    if (channel) return;
    channel = tabs.channel(name, hear);
    stopWaking = ports.onWake(() => (leading ? tell({ kind: 'woke' }) : askWhetherHere()));
    candidate = tabs.candidate(name, { lead, lost });
    if (leading) return;
    follow({ state: 'connecting' });
    tell({ kind: 'join', from: self });
    askWhetherHere();
  }

  function stop(): void {
    stopWaking();
    cancelSilence?.();
    cancelSilence = null;
    socket.stop();
    candidate?.withdraw();
    channel?.close();
    candidate = channel = greeting = leader = null;
    leading = false;
    replies.giveUp();
    follow({ state: 'off' });
  }

  function lead(): void {
    leading = true;
    cancelSilence?.();
    cancelSilence = null;
    replies.giveUp();
    socket.start();
    options.onLead();
  }

  /** Another tab took over while this one stood still. */
  function lost(): void {
    leading = false;
    greeting = null;
    socket.stop();
    follow({ state: 'connecting' });
    tell({ kind: 'join', from: self });
  }

  function follow(now: Connection): void {
    connection = now;
    options.onStatus(now);
  }

  function hear(message: unknown): void {
    // Only this module posts to the channel.
    const said = message as Said;
    if (said.kind === 'note') return options.onNote(said.note);
    if (leading) return serve(said);
    if (said.kind === 'join' || said.kind === 'here?' || said.kind === 'call') return;
    cancelSilence?.();
    cancelSilence = null;
    obey(said);
  }

  function serve(said: Said): void {
    if (said.kind === 'here?') tellStatus();
    if (said.kind === 'call') void pass(said.from, said.id, said.name, said.input);
    if (said.kind === 'join') welcome(said.from);
  }

  /** The hello is as old as the connection, its time is not. */
  function welcome(to: string): void {
    if (greeting && connection.state === 'online') {
      const { hello, at } = greeting;
      tell({ kind: 'hello', leader: self, to, hello: { ...hello, serverTime: hello.serverTime + ports.now() - at }, told });
    }
    tellStatus();
  }

  async function pass(to: string, id: number, name: CommandName, input: unknown): Promise<void> {
    try {
      // The tab that asks has the same types.
      tell({ kind: 'answer', to, id, data: await socket.call(name, input as never), failed: null });
    } catch (error) {
      if (!(error instanceof ChinwagError)) throw error;
      tell({ kind: 'answer', to, id, data: null, failed: failureParts(error) });
    }
  }

  function obey(said: Said): void {
    if (said.kind === 'status') {
      const known = leader === said.leader;
      if (said.connection.state !== 'online') replies.giveUp();
      meet(said.leader, said.connection);
      // Its hello may have been before our time.
      count(said.told, known ? told !== said.told : said.connection.state === 'online');
    }
    if (said.kind === 'hello' && (said.to === null || said.to === self)) {
      meet(said.leader, { state: 'online' });
      count(said.told, false);
      options.onHello(said.hello);
    }
    if (said.kind === 'event') {
      count(said.told, leader === null || said.told !== told + 1);
      options.onEvent(said.event);
    }
    if (said.kind === 'woke') {
      // What we asked it may have passed it by while it stood still.
      if (leader === null) tell({ kind: 'join', from: self });
      options.onFollow();
    }
    if (said.kind === 'end') options.onEnd(said.code);
    if (said.kind === 'answer' && said.to === self) replies.settle(said.id, said.data, said.failed);
  }

  function meet(who: string, how: Connection): void {
    const known = leader === who;
    leader = who;
    if (!known) replies.giveUp();
    follow(how);
    if (!known) options.onFollow();
  }

  function count(now: number, missed: boolean): void {
    told = now;
    if (missed) tell({ kind: 'join', from: self });
  }

  /** No word from the leader, whatever it is, and the lead is ours. */
  function askWhetherHere(): void {
    if (leading || cancelSilence || !channel) return;
    tell({ kind: 'here?' });
    cancelSilence = ports.after(SILENCE_MS, () => {
      cancelSilence = null;
      candidate?.steal();
    });
  }

  const call: Call = (name, input) => {
    if (leading) return socket.call(name, input);
    if (connection.state !== 'online') return Promise.reject(new Disconnected());
    const { id, answer } = replies.wait();
    tell({ kind: 'call', from: self, id, name, input });
    askWhetherHere();
    // What the leader answers is what the command's schema promises.
    return answer as Promise<never>;
  };

  return {
    start,
    stop,
    call,
    isOnline: () => connection.state === 'online',
    isLeading: () => leading,
    /** Tells the other tabs something that the server does not. */
    share(note: Note): void {
      tell({ kind: 'note', note });
      if (!leading) askWhetherHere();
    },
  };
}
