import { describe, expect, it } from '@jest/globals';
import { clientAddress, networkOf } from './address.ts';

const socket = { remoteAddress: '10.0.0.1' };

describe('the address of a client', () => {
  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['1.1.1.1, 2.2.2.2, 203.0.113.9', '203.0.113.9'],
    ['1.1.1.1,203.0.113.9 ', '203.0.113.9'],
    ['2001:db8::1', '2001:db8::1'],
  ])('is the entry that was appended last: %s', (header, address) => {
    expect(clientAddress({ headers: { 'x-forwarded-for': header }, socket })).toBe(address);
  });

  it('is the last of several headers', () => {
    expect(clientAddress({ headers: { 'x-forwarded-for': ['1.1.1.1', '203.0.113.9'] }, socket })).toBe(
      '203.0.113.9',
    );
  });

  it('is the connection without the header', () => {
    expect(clientAddress({ headers: {}, socket })).toBe('10.0.0.1');
    expect(clientAddress({ headers: { 'x-forwarded-for': '' } })).toBe('unknown');
  });
});

describe('the network of an address', () => {
  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::9', '2001:db8:1:2::/64'],
    ['2001:db8::9', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['unknown', 'unknown'],
  ])('of %s is %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
