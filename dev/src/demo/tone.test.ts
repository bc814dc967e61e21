import { describe, expect, it } from '@jest/globals';
import { secondOfTone } from './tone.ts';

describe('the tone', () => {
  it('is a WAV file whose lengths are right', () => {
    const file = Buffer.from(secondOfTone());
    expect([file.toString('latin1', 0, 4), file.toString('latin1', 8, 16)]).toEqual(['RIFF', 'WAVEfmt ']);
    expect(file.readUInt32LE(4)).toBe(file.length - 8);
    expect(file.readUInt32LE(40)).toBe(file.length - 44);
  });

  it('lasts a second and is not silent', () => {
    const samples = secondOfTone().slice(44);
    expect(samples.length).toBe(8000);
    expect(Math.max(...samples)).toBeGreaterThan(200);
    expect(Math.min(...samples)).toBeLessThan(56);
  });
});
