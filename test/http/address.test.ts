import { expect, test } from 'bun:test';
import { readConfig } from '../../src/config.ts';
import { clientAddress } from '../../src/http/address.ts';

test('the client’s address is what the trusted proxy says, and nothing that a client can write', () => {
  const request = new Request('http://chat.test', { headers: { 'x-forwarded-for': '6.6.6.6, 10.0.0.7', 'fly-client-ip': '7.7.7.7' } });
  const addressWith = (value: string): string => clientAddress(request, readConfig({}, { TRUST_PROXY: value }).trustProxy, null);
  expect([addressWith('off'), addressWith('on'), addressWith('fly')]).toEqual(['unknown', '10.0.0.7', '7.7.7.7']);
  expect(clientAddress(new Request('http://chat.test'), 'forwarded', null)).toBe('unknown');
});
