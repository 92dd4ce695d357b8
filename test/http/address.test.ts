import { expect, test } from 'bun:test';
import { readConfig } from '../../src/config.ts';
import { addressKey, clientAddress } from '../../src/http/address.ts';

test('the client’s address is what the trusted proxy says, and nothing that a client can write', () => {
  const request = new Request('http://chat.test', { headers: { 'x-forwarded-for': '6.6.6.6, 10.0.0.7', 'fly-client-ip': '7.7.7.7' } });
  const addressWith = (value: string): string => clientAddress(request, readConfig({}, { TRUST_PROXY: value }).trustProxy, null);
  expect([addressWith('off'), addressWith('on'), addressWith('fly')]).toEqual(['unknown', '10.0.0.7', '7.7.7.7']);
  expect(clientAddress(new Request('http://chat.test'), 'forwarded', null)).toBe('unknown');
});

test('of IPv6 a whole /64 counts as one address, of IPv4 each', () => {
  const key = '2001:db8:0:1';
  for (const address of ['2001:db8:0:1::7', '2001:db8:0:1:a:b:c:d', '2001:db8:0:1:ffff::'])
    expect([address, addressKey(address)]).toEqual([address, key]);
  expect(addressKey('2001:db8::1')).toBe('2001:db8:0:0');
  expect(addressKey('::1')).toBe('0:0:0:0');
  expect(addressKey('::ffff:192.0.2.1')).toBe('::ffff:192.0.2.1');
  expect(addressKey('192.0.2.1')).toBe('192.0.2.1');
});
