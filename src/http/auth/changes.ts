/** What happened to a person's identity, told after the commit. */
export type Change =
  /** Signed out, revoked or expired. `token` is the bare token of the session. */
  | { kind: 'session-ended'; userId: string; token: string }
  | { kind: 'banned'; userId: string }
  | { kind: 'user-deleted'; userId: string }
  /** Role, organisation, profile or key: nothing known about the person's rights holds any longer. */
  | { kind: 'rights'; userId: string };

export type ChangeListener = (change: Change) => void;
