import { lookup as resolveName } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isPublicAddress, mayBePublic } from './public-address.ts';

/** Somewhere that we were not to go. */
export class NotPublic extends Error {}

/**
 * For requests to names that somebody outside gave us: all that a name resolves to is checked, and what was checked is what is connected to, so
 * that a name cannot lead elsewhere between the two.
 */
export function publicLookup(resolve: LookupFunction = resolveName): LookupFunction {
  return (hostname, options, done) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      const all = Array.isArray(addresses) ? addresses : [];
      const [first] = all;
      if (error) done(error, '', 0);
      else if (!first || !all.every(({ address }) => isPublicAddress(address))) done(new NotPublic(), '', 0);
      else if (options.all) done(null, all);
      else done(null, first.address, first.family);
    });
  };
}

/**
 * Whether an address of the web may be fetched for somebody. Only the usual ports: others are where a network keeps what is not for the web. An
 * address instead of a name is never looked up, so it is judged here.
 */
export function mayBeFetched({ protocol, username, password, port, hostname }: URL): boolean {
  if (protocol !== 'https:' && protocol !== 'http:') return false;
  return username === '' && password === '' && port === '' && mayBePublic(hostname);
}

/** Where requests may go: judged by how an address is written, and by what its name resolves to. */
export type Way = { allows(url: URL): boolean; lookup?: LookupFunction };
export const publicWay: Way = { allows: mayBeFetched, lookup: publicLookup() };
/** Also into our own network: for tests and intranets. */
export const anyWay: Way = { allows: ({ protocol }) => protocol === 'https:' || protocol === 'http:' };
