import type { CloseCode } from '../wire/errors.ts';
import type { Me } from '../wire/person.ts';
import { backoffMs } from './backoff.ts';
import { ChinwagError } from './error.ts';
import { credentialOf } from './identity.ts';
import type { Guess } from './guess.ts';
import type { Persistence } from './persistence.ts';
import type { Ports } from './ports.ts';
import type { Account, KeptCredentials, Session } from './session.ts';
import { initialState } from './state.ts';
import type { Store } from './store.ts';

type Options = {
  store: Store;
  ports: Pick<Ports, 'after' | 'now' | 'random'>;
  credentials: KeptCredentials;
  session: Session;
  persistence: Persistence;
  guess: Guess;
  /** Who the page knows to be signed in. */
  userId: string | undefined;
  connect(me: Me): void;
  /** Takes the connection away and everything that was to be done. */
  disconnect(): void;
  /** We are signed out, and other tabs are to know. */
  onSignedOut(): void;
};

/** Who is signed in, from what is kept and then from the server, and what becomes of it when they go. */
export function createLifecycle({ store, ports, credentials, session, persistence, guess, userId, connect, disconnect, onSignedOut }: Options) {
  let starting = 0;

  /** Shows what is kept, finds out who is signed in, and connects. While the server cannot be reached it keeps trying. */
  async function start(): Promise<void> {
    const mine = ++starting;
    const credential = await ownCredential();
    if (mine === starting) await persistence.restore({ credential, userId });
    if (mine !== starting) return;
    if (store.get().me) guess.begin();
    await identify();
  }

  async function identify(attempt = 0): Promise<void> {
    const mine = ++starting;
    try {
      const me = await session.whoAmI();
      if (mine !== starting) return;
      if (me) await enter(me, mine);
      else await leave('all but the outbox');
    } catch (error) {
      if (!(error instanceof ChinwagError)) throw error;
      guess.unanswered();
      const waitMs = Math.max(error.retryAfterMs, backoffMs(attempt, ports.random()));
      store.update((state) => ({ ...state, connection: { state: 'waiting', retryAt: ports.now() + waitMs } }));
      ports.after(waitMs, () => mine === starting && void identify(attempt + 1));
    }
  }

  async function enter(me: Me, mine: number): Promise<void> {
    const before = store.get().me;
    if (before && before.id !== me.id) {
      guess.wrong();
      disconnect();
      store.update(() => initialState);
    }
    store.update((state) => ({ ...state, session: 'signed-in', me }));
    await persistence.adopt(me, await ownCredential());
    if (mine !== starting) return;
    guess.right();
    connect(me);
  }

  function stop(): void {
    starting++;
    persistence.saveNow();
    disconnect();
  }

  /**
   * Nothing of the person stays on the screen. On the device what they had not sent may wait for them. They are told that they are signed
   * out when it is true of the device, too: a page that is loaded again after that finds nothing.
   */
  async function leave(what: 'everything' | 'all but the outbox'): Promise<void> {
    const mine = ++starting;
    persistence.pause();
    guess.wrong();
    disconnect();
    store.update(() => initialState);
    await persistence.forget(what);
    if (mine === starting) store.update((state) => ({ ...state, session: 'signed-out' }));
  }

  async function signOut(): Promise<void> {
    await session.signOut();
    onSignedOut();
    await leave('everything');
  }

  /** After a protocol error a reload may bring a client that fits; otherwise nobody is signed in here any longer. */
  function ended(code: CloseCode): void {
    if (code === 4011) return;
    const { connection } = store.get();
    credentials.keep(null);
    void leave(code === 4001 ? 'all but the outbox' : 'everything');
    store.update((state) => ({ ...state, connection }));
  }

  const ownCredential = (): Promise<string | null> => credentials.token().then(credentialOf, () => null);

  return {
    start,
    stop,
    leave,
    signOut,
    ended,
    /** Somebody else signed in, in another tab: nothing that we hold is theirs. */
    beginAnew: (): Promise<void> => leave('everything').then(() => identify()),
    signUp: (account: Account): Promise<void> => session.signUp(account).then(() => identify()),
    signIn: (account: Pick<Account, 'email' | 'password'>): Promise<void> => session.signIn(account).then(() => identify()),
  };
}
