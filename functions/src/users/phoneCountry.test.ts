import { describe, expect, it } from '@jest/globals';
import { phoneCountry } from './phoneCountry.ts';
import { phoneHash } from './phoneHash.ts';

describe('the country of a phone', () => {
  it.each([
    ['+919812345678', 'IN'],
    ['+14155552671', 'US'],
    // One calling code, several countries.
    ['+16045551234', 'CA'],
    ['+447400123456', 'GB'],
    ['+80012345678', null],
    ['+999123', null],
    ['nothing', null],
  ])('%s is %s', async (phone, country) => {
    expect(await phoneCountry(phone)).toBe(country);
  });
});

describe('the hash of a phone', () => {
  it('is the same for the same phone and key, and tells neither', () => {
    const hash = phoneHash('key', '+919812345678');
    expect(hash).toMatch(/^[0-9a-f]{40}$/u);
    expect(phoneHash('key', '+919812345678')).toBe(hash);
    expect(phoneHash('other key', '+919812345678')).not.toBe(hash);
    expect(phoneHash('key', '+919812345679')).not.toBe(hash);
  });
});
