import { createContext, use } from 'react';

/** What stands over the list of conversations. `conversationId`: the search begins in that one. */
export type SideView = { kind: 'search'; conversationId: string | null } | { kind: 'notifications' } | { kind: 'archived' };

export type Side = { view: SideView | null; open(view: SideView): void; close(): void };

export const SideContext = createContext<Side | null>(null);

export function useSide(): Side {
  const side = use(SideContext);
  if (!side) throw new Error('There is no side above this component.');
  return side;
}
