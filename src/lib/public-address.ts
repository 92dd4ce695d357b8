import ipaddr from 'ipaddr.js';

/** Names that never lead out of a machine or network (RFC 6761, RFC 6762, and what routers hand out). */
const PRIVATE_NAME = /(^|\.)(localhost|local|internal|intranet|lan|home\.arpa|localdomain)$/;

/**
 * Whether anybody on the internet could reach this IP address: not one of a private network, of this machine, of the link,
 * or reserved for something else. An IPv4 address inside an IPv6 one counts as that IPv4 address.
 */
export function isPublicAddress(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'unicast';
}

/** Whether the host of a URL may be public by how it is written. What a name resolves to is another question. */
export function mayBePublic(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (ipaddr.isValid(host)) return isPublicAddress(host);
  return host.includes('.') && !PRIVATE_NAME.test(host.toLowerCase());
}
