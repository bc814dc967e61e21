import { describe, expect, it } from '@jest/globals';
import { clientAddress } from './address.ts';

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
